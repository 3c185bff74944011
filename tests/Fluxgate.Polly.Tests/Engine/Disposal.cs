namespace Fluxgate;

/// <summary>A disposed breaker goes on deciding for calls that still reach it, without timers and unheard.</summary>
public sealed class Disposal
{
    [Fact]
    public void Goes_on_deciding_for_calls_that_still_reach_it()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            }
        );
        var early = world.Begin();
        world.Breaker.Dispose();

        Assert.Equal(BreakerState.Open, early.Settle(Verdict.Failure)!.NewState);
        world.Rejects();
        world.Wait(60);
        world.Succeed();

        Assert.Equal((BreakerState.Closed, 3), (world.State, world.Now.SignalCount));
    }

    [Fact]
    public void Listeners_hear_nothing_more()
    {
        var world = new World();
        world.Breaker.Trip();
        world.Breaker.Dispose();

        Assert.NotNull(world.Breaker.Reset());

        Assert.Single(world.Signals);
    }

    [Fact]
    public void Timers_stop()
    {
        var world = new World(new() { ProbeWithoutTraffic = true });
        world.Breaker.Trip();
        Assert.Equal(1, world.Time.ArmedTimers);

        world.Breaker.Dispose();
        world.Breaker.Reset();
        world.Breaker.Trip();
        Assert.Equal(0, world.Time.ArmedTimers);
        world.Wait(3600);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void Errors_in_user_code_are_still_counted()
    {
        var world = new World(new() { Tripper = new Broken.OwnTripper(Broken.Throw<bool>) });
        world.Breaker.Dispose();

        world.Fail(2);

        Assert.Equal(2, world.Now.UserErrors(UserErrorSource.Tripper));
        Assert.Empty(world.Notices);
    }

    [Fact]
    public async Task Disposing_again_does_nothing()
    {
        var world = new World();

        await world.Breaker.DisposeAsync();
        await world.Breaker.DisposeAsync();
        world.Breaker.Dispose();

        world.Succeed();
        Assert.Equal(1, world.Now.Successes);
    }
}
