using static Fluxgate.Broken;

namespace Fluxgate;

/// <summary>A part whose <c>Start</c> throws or returns null is replaced by its default for that phase.</summary>
public sealed class PartsFailingToStart
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tripper_that_does_not_start_does_not_fire(bool throws)
    {
        var world = new World(new() { Tripper = new OwnTripper(start: Start<Tripper>(throws)) });

        world.Fail(200);

        Assert.Equal(BreakerState.Closed, world.State);
        world.AssertFailed(UserErrorSource.Tripper, 1, Message<OwnTripper>(throws));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_window_that_does_not_start_records_nothing(bool throws)
    {
        var world = new World(
            new() { Window = new OwnWindow(Start<WindowState>(throws)), Tripper = Tripper.MinRequests(1) | Tripper.FailureStreak(3) }
        );

        world.Fail(2);
        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.WindowRequests));
        world.Fail();

        Assert.Equal("FailureStreak 3 >= 3", Assert.Single(world.Signals).Reason.Text);
        world.AssertFailed(UserErrorSource.Window, 1, Message<OwnWindow>(throws));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_permit_that_does_not_start_admits_one_probe_at_a_time(bool throws)
    {
        var world = new World(new() { Permit = new OwnPermit(start: Start<Permit>(throws)), InitialState = BreakerState.HalfOpen });

        Assert.Single(world.Ask(3)).Settle(Verdict.Success);
        Assert.Single(world.Ask(3));

        world.AssertFailed(UserErrorSource.Permit, 1, Message<OwnPermit>(throws));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_recovery_that_does_not_start_is_not_complete(bool throws)
    {
        var world = new World(
            new()
            {
                Permit = Permit.All,
                Recovery = new OwnRecovery(start: Start<Recovery>(throws)),
                InitialState = BreakerState.HalfOpen,
            }
        );

        world.Succeed(50);

        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.AssertFailed(UserErrorSource.Recovery, 1, Message<OwnRecovery>(throws));
    }

    [Fact]
    public void A_rule_with_a_leaf_that_starts_as_null_does_not_fire()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) | new OwnTripper(start: () => null!) });

        world.Fail(5);

        Assert.Equal(BreakerState.Closed, world.State);
        world.AssertFailed(UserErrorSource.Tripper, 1, message: null);
    }

    [Fact]
    public void A_breaker_can_start_open_although_its_break_duration_throws()
    {
        var world = new World(new() { BreakDuration = new OwnBreak(Throw<TimeSpan>), InitialState = BreakerState.Open });

        Assert.Equal((BreakerState.Open, TimeSpan.FromMinutes(1)), (world.State, world.Now.RetryAfter));
        world.AssertFailed(UserErrorSource.BreakDuration, 1);
    }

    [Fact]
    public void A_part_is_started_again_in_the_next_phase()
    {
        var starts = 0;
        var world = new World(new() { Tripper = new OwnTripper(start: () => ++starts == 1 ? throw Error : Tripper.FailureStreak(1)) });
        world.Fail(5);
        Assert.Equal(BreakerState.Closed, world.State);

        world.Breaker.Reset();
        world.Fail();

        Assert.Equal((BreakerState.Open, 2), (world.State, starts));
    }

    private static Func<T> Start<T>(bool throws) => throws ? Throw<T> : () => default!;

    private static string Message<T>(bool throws) => throws ? "broken" : $"Start of {typeof(T)} returned null.";
}
