namespace Fluxgate;

/// <summary>A disposed breaker continues to decide for calls, without timers and without calling listeners.</summary>
public sealed class Disposal
{
    [Fact]
    public void A_disposed_breaker_continues_to_decide_for_calls()
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
    public void A_disposed_breaker_calls_no_listener()
    {
        var world = new World();
        world.Breaker.Trip();
        world.Breaker.Dispose();

        Assert.NotNull(world.Breaker.Reset());

        Assert.Single(world.Signals);
    }

    [Fact]
    public void A_disposed_breaker_has_no_timer()
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
    public void A_disposed_breaker_counts_errors_in_user_code()
    {
        var world = new World(new() { Tripper = new Broken.OwnTripper(Broken.Throw<bool>) });
        world.Breaker.Dispose();

        world.Fail(2);

        Assert.Equal(2, world.Now.UserErrors(UserErrorSource.Tripper));
        Assert.Empty(world.Notices);
    }

    [Fact]
    public async Task Disposing_twice_is_a_no_op()
    {
        var world = new World();

        await world.Breaker.DisposeAsync();
        await world.Breaker.DisposeAsync();
        world.Breaker.Dispose();

        world.Succeed();
        Assert.Equal(1, world.Now.Successes);
    }
}
