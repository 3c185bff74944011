namespace Fluxgate;

/// <summary>One transition of one circuit. Immutable.</summary>
public sealed class Signal
{
    internal Signal(
        string circuitName,
        BreakerState oldState,
        BreakerState newState,
        DateTimeOffset timestamp,
        long sequenceNumber,
        Reason reason
    )
    {
        CircuitName = circuitName;
        OldState = oldState;
        NewState = newState;
        Timestamp = timestamp;
        SequenceNumber = sequenceNumber;
        Reason = reason;
    }

    /// <summary>The circuit's name.</summary>
    public string CircuitName { get; }

    /// <summary>The state it left: the <see cref="NewState"/> of the breaker's signal before.</summary>
    public BreakerState OldState { get; }

    /// <summary>The state it entered.</summary>
    public BreakerState NewState { get; }

    /// <summary>When, by the breaker's clock; for people, since wall clocks jump.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>1, 2, 3, … within the breaker, without gaps. A listener that sees a gap has missed signals.</summary>
    public long SequenceNumber { get; }

    /// <summary>Why.</summary>
    public Reason Reason { get; }

    /// <summary>How long the circuit will stay open before it probes; <see langword="null"/> unless it opened, and for a break until reset.</summary>
    public TimeSpan? BreakFor { get; internal init; }

    /// <summary>A line for logs: <c>payments: closed -> open (FailureStreak 5 >= 5)</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => OneLine.Of($"{CircuitName}: {OldState.ToLabel()} -> {NewState.ToLabel()} ({Reason})");
}
