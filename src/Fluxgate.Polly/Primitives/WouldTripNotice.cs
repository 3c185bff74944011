namespace Fluxgate;

/// <summary>In <see cref="BreakerState.MetricsOnly"/>: the tripper fired, and the circuit would have opened.</summary>
public sealed class WouldTripNotice : Notice
{
    internal WouldTripNotice(string circuitName, DateTimeOffset timestamp, Reason reason)
        : base(circuitName, timestamp) => Reason = reason;

    /// <summary>Why it would have opened.</summary>
    public Reason Reason { get; }

    /// <inheritdoc/>
    public override string ToString() => OneLine.Of($"{CircuitName}: would have opened ({Reason})");
}
