namespace Fluxgate;

/// <summary>The timer of a breaker that probes without traffic: its context, and its end.</summary>
public sealed class Wakeups
{
    private static readonly AsyncLocal<string?> Ambient = new();
    private static readonly FluxgateBreakerSettings Waking = new() { ProbeWithoutTraffic = true };

    private readonly RecordedTimers _time = new();

    [Fact]
    public void Run_in_no_context_of_the_code_that_created_the_breaker()
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
    public void Run_in_no_context_of_the_code_that_reconfigured_the_breaker()
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
    public void Let_the_creator_s_context_flow_again_afterwards()
    {
        _ = new FluxgateBreaker("payments", Waking, _time);

        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    [Fact]
    public void Let_the_creator_s_context_flow_again_when_there_is_no_timer()
    {
        _time.BeforeCreation = () => throw new NotSupportedException();

        Assert.Throws<NotSupportedException>(() => new FluxgateBreaker("payments", Waking, _time));

        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    [Fact]
    public void Leave_the_creator_s_context_suppressed_where_it_was()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _ = new FluxgateBreaker("payments", Waking, _time);

            Assert.True(ExecutionContext.IsFlowSuppressed());
        }
    }

    [Fact]
    public void Are_not_created_by_a_reconfiguration_after_disposal()
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: _time);
        breaker.Dispose();

        breaker.Reconfigure(Waking);
        breaker.Trip();

        Assert.Equal((0, 0), (_time.Created, _time.Inner.ArmedTimers));
    }

    [Fact]
    public void Are_disposed_when_disposal_comes_while_a_reconfiguration_creates_them()
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: _time);
        _time.BeforeCreation = breaker.Dispose;

        breaker.Reconfigure(Waking);
        breaker.Trip();

        Assert.Equal((1, 1, 0), (_time.Created, _time.Disposed, _time.Inner.ArmedTimers));
    }

    [Fact]
    public void Are_disposed_when_another_reconfiguration_has_created_one_meanwhile()
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: _time);
        _time.BeforeCreation = () => breaker.Reconfigure(Waking);

        breaker.Reconfigure(new() { ProbeWithoutTraffic = true, ProbeLease = TimeSpan.FromSeconds(1) });
        breaker.Trip();

        Assert.Equal((2, 1, 1), (_time.Created, _time.Disposed, _time.Inner.ArmedTimers));
    }

    /// <summary>Timers that run in the context of their creation, as the system's do, and count their ends.</summary>
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
