namespace Fluxgate;

/// <summary>An asynchronous listener's queue was full: a signal did not reach it. Its later signals show the gap in their sequence numbers.</summary>
public sealed class SignalsDroppedNotice : Notice
{
    internal SignalsDroppedNotice(string circuitName, DateTimeOffset timestamp, Signal dropped)
        : base(circuitName, timestamp) => Dropped = dropped;

    /// <summary>The signal that was dropped.</summary>
    public Signal Dropped { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        OneLine.Of($"{CircuitName}: a listener's queue was full, signal {RuleText.Number(Dropped.SequenceNumber)} was dropped");
}
