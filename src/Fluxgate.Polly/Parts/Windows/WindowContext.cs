namespace Fluxgate;

/// <summary>What a window is told when a phase starts it.</summary>
public readonly struct WindowContext
{
    /// <summary>Creates a context; for trying a window alone.</summary>
    /// <param name="state">The state whose phase begins.</param>
    /// <param name="timeProvider">The clock; the system's unless given.</param>
    public WindowContext(BreakerState state, TimeProvider? timeProvider = null)
        : this(state, timeProvider ?? TimeProvider.System, SlowThresholds.None) { }

    internal WindowContext(BreakerState state, TimeProvider timeProvider, SlowThresholds slowThresholds)
    {
        State = state;
        TimeProvider = timeProvider;
        SlowThresholds = slowThresholds;
    }

    /// <summary>The state whose phase begins: <see cref="BreakerState.Closed"/>, <see cref="BreakerState.HalfOpen"/> or <see cref="BreakerState.MetricsOnly"/>.</summary>
    public BreakerState State { get; }

    /// <summary>The breaker's clock. Measure with its timestamps, which no wall clock moves.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>Carried along so that a user's window that wraps one of ours counts slow calls as ours does.</summary>
    internal SlowThresholds SlowThresholds { get; }
}
