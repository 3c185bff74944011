namespace Fluxgate;

/// <summary>Checks that calls which do not return trip a slow-call rule.</summary>
public sealed class OverdueCalls
{
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(1);

    [Fact]
    public void Calls_that_hang_open_the_circuit_without_a_further_call()
    {
        var world = WithSlowRate(Tripper.MinRequests(20) & Tripper.SlowRate(0.3, Threshold));
        world.Ask(20);

        world.Time.Advance(Threshold * 0.99);
        Assert.Equal(BreakerState.Closed, world.Breaker.State);

        world.Time.Advance(Threshold * 0.26);
        Assert.Equal(BreakerState.Open, world.Breaker.State);
        Assert.Equal(
            "MinRequests 20 >= 20 & SlowRate 100% >= 30% (20 of 20, 20 in flight, took 1s or longer)",
            world.Breaker.Snapshot().Reason.Text
        );
    }

    [Fact]
    public void The_next_admission_evaluates_and_is_rejected()
    {
        var world = WithSlowRate(Tripper.MinRequests(20) & Tripper.SlowRate(0.3, Threshold));
        world.Ask(20);
        world.Time.JumpMonotonicClock(Threshold * 1.2);

        Assert.False(world.Breaker.TryAdmit(out _));
        Assert.Equal(BreakerState.Open, world.Breaker.State);
    }

    private static World WithSlowRate(Tripper tripper) => new(new() { Window = Window.Time(TimeSpan.FromSeconds(10)), Tripper = tripper });
}
