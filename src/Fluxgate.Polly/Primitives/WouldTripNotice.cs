namespace Fluxgate;

/// <summary>
/// The notice that the tripper fired without opening the circuit: in <see cref="BreakerState.MetricsOnly"/>, or because too many circuits of its
/// group were open.
/// </summary>
public sealed class WouldTripNotice : Notice
{
    internal WouldTripNotice(string circuitName, DateTimeOffset timestamp, Reason reason)
        : base(circuitName, timestamp) => Reason = reason;

    /// <summary>Gets the reason why the circuit would have opened.</summary>
    public Reason Reason { get; }

    /// <inheritdoc/>
    public override string ToString() => OneLine.Of($"{CircuitName}: would have opened ({Reason})");
}
