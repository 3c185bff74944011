namespace Fluxgate;

/// <summary>The argument of <see cref="Window.Start"/>.</summary>
public readonly struct WindowContext
{
    /// <summary>Creates a context. Use it to test a window without a breaker.</summary>
    /// <param name="state">The state of the new phase.</param>
    /// <param name="timeProvider">The clock; by default, the system's.</param>
    public WindowContext(BreakerState state, TimeProvider? timeProvider = null)
        : this(state, timeProvider ?? TimeProvider.System, SlowThresholds.None) { }

    internal WindowContext(BreakerState state, TimeProvider timeProvider, SlowThresholds slowThresholds)
    {
        State = state;
        TimeProvider = timeProvider;
        SlowThresholds = slowThresholds;
    }

    /// <summary>Gets the state of the new phase: <see cref="BreakerState.Closed"/>, <see cref="BreakerState.HalfOpen"/> or <see cref="BreakerState.MetricsOnly"/>.</summary>
    public BreakerState State { get; }

    /// <summary>Gets the breaker's clock. Measure time with its monotonic timestamps, because the wall clock can jump.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>Gets the slow-call thresholds, so that a user's window that wraps a built-in one counts slow calls.</summary>
    internal SlowThresholds SlowThresholds { get; }
}
