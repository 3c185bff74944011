namespace Fluxgate;

/// <summary>The timer of a breaker that probes without traffic: its execution context and its disposal.</summary>
public sealed class ProbeTimers
{
    private static readonly AsyncLocal<string?> Ambient = new();
    private static readonly FluxgateBreakerSettings Waking = new() { ProbeWithoutTraffic = true };

    private readonly RecordedTimers _time = new();

    [Fact]
    public void A_timer_does_not_run_in_the_creators_execution_context()
    {
        var seen = new List<string?>();
        Ambient.Value = "of the creator";
        var breaker = new FluxgateBreaker(
            "payments",
            new() { ProbeWithoutTraffic = true, Listeners = { (Signal _) => seen.Add(Ambient.Value) } },
            _time
        );
        Ambient.Value = null;

        breaker.Trip();
        _time.Inner.Advance(FluxgateDefaults.BreakFor);

        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        Assert.Equal([null, null], seen);
    }

    [Fact]
    public void A_timer_does_not_run_in_the_execution_context_of_Reconfigure()
    {
        var seen = new List<string?>();
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { (Signal _) => seen.Add(Ambient.Value) } }, _time);
        Ambient.Value = "of the reconfiguration";
        breaker.Reconfigure(Waking);
        Ambient.Value = null;

        breaker.Trip();
        _time.Inner.Advance(FluxgateDefaults.BreakFor);

        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        Assert.Equal([null, null], seen);
    }

    [Fact]
    public void The_constructor_restores_the_flow_of_the_execution_context()
    {
        _ = new FluxgateBreaker("payments", Waking, _time);

        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    [Fact]
    public void A_breaker_works_without_its_timer_when_creating_it_throws()
    {
        _time.BeforeCreation = () => throw new NotSupportedException();

        var breaker = new FluxgateBreaker("payments", Waking, _time);

        Assert.False(ExecutionContext.IsFlowSuppressed());
        Assert.Equal(1, breaker.Snapshot().UserErrors(UserErrorSource.Clock));
        breaker.Trip();
        Assert.False(breaker.TryAdmit(out _));
        breaker.Dispose();
    }

    [Fact]
    public void The_constructor_leaves_a_suppressed_flow_suppressed()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _ = new FluxgateBreaker("payments", Waking, _time);

            Assert.True(ExecutionContext.IsFlowSuppressed());
        }
    }

    [Fact]
    public void Reconfigure_creates_no_timer_after_disposal()
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: _time);
        breaker.Dispose();

        breaker.Reconfigure(Waking);
        breaker.Trip();

        Assert.Equal((0, 0), (_time.Created, _time.Inner.ArmedTimers));
    }

    [Fact]
    public void A_timer_that_Reconfigure_creates_during_disposal_is_disposed()
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: _time);
        _time.BeforeCreation = breaker.Dispose;

        breaker.Reconfigure(Waking);
        breaker.Trip();

        Assert.Equal((1, 1, 0), (_time.Created, _time.Disposed, _time.Inner.ArmedTimers));
    }

    [Fact]
    public void A_second_timer_of_a_concurrent_Reconfigure_is_disposed()
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: _time);
        _time.BeforeCreation = () => breaker.Reconfigure(Waking);

        breaker.Reconfigure(new() { ProbeWithoutTraffic = true, ProbeLease = TimeSpan.FromSeconds(1) });
        breaker.Trip();

        Assert.Equal((2, 1, 1), (_time.Created, _time.Disposed, _time.Inner.ArmedTimers));
    }

    /// <summary>Timers that run in the context of their creation, like the system's, and count creations and disposals.</summary>
    private sealed class RecordedTimers : TimeProvider
    {
        public VirtualTime Inner { get; } = new();

        /// <summary>Runs once, before the next timer is created.</summary>
        public Action? BeforeCreation { get; set; }

        public int Created { get; private set; }

        public int Disposed { get; private set; }

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override long GetTimestamp() => Inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var before = BeforeCreation;
            BeforeCreation = null;
            before?.Invoke();
            Created++;
            var context = ExecutionContext.Capture();
            return new Timer(this, Inner.CreateTimer(context is null ? callback : InContext, state, dueTime, period));

            void InContext(object? argument) => ExecutionContext.Run(context!, callback.Invoke, argument);
        }

        private sealed class Timer(RecordedTimers timers, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

            public void Dispose()
            {
                timers.Disposed++;
                inner.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}
