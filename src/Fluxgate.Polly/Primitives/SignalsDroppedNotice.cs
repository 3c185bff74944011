namespace Fluxgate;

/// <summary>The notice that a signal was dropped because the queue of an asynchronous listener was full. The sequence numbers of its later signals show the gap.</summary>
public sealed class SignalsDroppedNotice : Notice
{
    internal SignalsDroppedNotice(string circuitName, DateTimeOffset timestamp, Signal dropped)
        : base(circuitName, timestamp) => Dropped = dropped;

    /// <summary>Gets the signal that was dropped.</summary>
    public Signal Dropped { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        OneLine.Of($"{CircuitName}: a listener's queue was full, signal {RuleText.Number(Dropped.SequenceNumber)} was dropped");
}
