namespace Fluxgate;

/// <summary>The timer that finds overdue calls for all breakers of one time provider.</summary>
public sealed class SharedOverdueTimer
{
    [Fact]
    public void A_listener_that_hangs_in_the_timer_delays_other_breakers_by_one_second()
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var time = new VirtualTime();
        var hanging = BreakerOn(
            time,
            _ =>
            {
                entered.Set();
                gate.Wait();
            }
        );
        FluxgateBreaker[] others = [.. Enumerable.Range(0, 10).Select(_ => BreakerOn(time, _ => { }))];
        Assert.True(hanging.TryAdmit(out _));
        Assert.All(others, other => Assert.True(other.TryAdmit(out _)));

        var timer = Deadline.Start(() => time.Advance(TimeSpan.FromSeconds(12.5)));
        Deadline.Await(entered);
        Assert.All(others, other => Assert.Equal(BreakerState.Closed, other.State));
        Deadline.Run(() => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.All(others, other => Assert.Equal(BreakerState.Open, other.State));
        gate.Set();
        timer.End();
        Assert.Equal(BreakerState.Open, hanging.State);
    }

    private static FluxgateBreaker BreakerOn(VirtualTime time, Action<Signal> listener) =>
        new("payments", new() { Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(10)), Listeners = { Listener.From(listener) } }, time);
}
