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

    [Fact]
    public void A_timer_that_fires_too_early_is_set_again()
    {
        var time = new EarlyTimers();
        var breaker = BreakerOn(time, _ => { });
        Assert.True(breaker.TryAdmit(out _));

        time.Inner.Advance(TimeSpan.FromSeconds(12.5));

        Assert.Equal(BreakerState.Open, breaker.State);
    }

    private static FluxgateBreaker BreakerOn(TimeProvider time, Action<Signal> listener) =>
        new("payments", new() { Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(10)), Listeners = { Listener.From(listener) } }, time);

    private sealed class EarlyTimers : TimeProvider
    {
        public VirtualTime Inner { get; } = new();

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override long GetTimestamp() => Inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(Inner.CreateTimer(callback, state, dueTime, period));

        private sealed class Timer(ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime * 0.9, period);

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
