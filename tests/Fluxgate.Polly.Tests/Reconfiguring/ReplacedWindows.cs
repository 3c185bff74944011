namespace Fluxgate;

public sealed class ReplacedWindows
{
    [Fact]
    public void Calls_that_settle_while_a_window_is_replaced_keep_their_verdict()
    {
        var rule = Tripper.MinRequests(50) & Tripper.FailureRate(1);
        var world = new World(new() { Window = Window.Count(100), Tripper = rule });
        world.Breaker.Reconfigure(new() { Window = Window.Count(200), Tripper = rule & new SettlingWhenStarted(() => world.Fail(49)) });

        Assert.Equal(world.Now.WindowRequests, world.Now.WindowFailures);
        world.Fail(50 - (int)world.Now.WindowRequests);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void A_streak_continues_over_failures_while_a_window_is_replaced()
    {
        var world = new World(new() { Window = Window.Count(100), Tripper = Tripper.FailureStreak(5) });
        world.Fail(2);
        world.Breaker.Reconfigure(
            new()
            {
                Window = Window.Count(200),
                Tripper = Tripper.FailureStreak(5) | (Tripper.HalfOpened & new SettlingWhenStarted(() => world.Fail(2))),
            }
        );

        Assert.Equal(4, world.Now.ConsecutiveFailures);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    private sealed class SettlingWhenStarted(Action settle) : Tripper
    {
        public override Tripper Start()
        {
            settle();
            return this;
        }

        public override bool Fires(in TripperContext reading) => true;
    }
}
