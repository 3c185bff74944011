namespace Fluxgate;

/// <summary>A transition of a circuit from one state to another. Immutable.</summary>
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

    /// <summary>Gets the circuit's name.</summary>
    public string CircuitName { get; }

    /// <summary>Gets the name of the group that the circuit belongs to, or <see langword="null"/> if it belongs to none.</summary>
    public string? GroupName { get; internal init; }

    /// <summary>Gets the key of the circuit in its group; <see langword="null"/> without a group, and for the shared circuit, which serves the keys that have no circuit of their own.</summary>
    public string? Key { get; internal init; }

    /// <summary>Gets the old state, which is the <see cref="NewState"/> of the breaker's previous signal.</summary>
    public BreakerState OldState { get; }

    /// <summary>Gets the new state.</summary>
    public BreakerState NewState { get; }

    /// <summary>Gets the time of the transition, by the wall clock of the breaker's <see cref="TimeProvider"/>. For display only: wall clocks can jump.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>Gets the sequence number: 1, 2, 3, … for each breaker, without gaps. A listener that receives a gap has missed signals.</summary>
    public long SequenceNumber { get; }

    /// <summary>Gets the reason for the transition.</summary>
    public Reason Reason { get; }

    /// <summary>Gets how long the circuit stays open before it probes; <see langword="null"/> unless it opened, and for a break until reset.</summary>
    public TimeSpan? BreakFor { get; internal init; }

    /// <summary>Returns one line for logs: <c>payments: closed -> open (FailureStreak 5 >= 5)</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => OneLine.Of($"{CircuitName}: {OldState.ToLabel()} -> {NewState.ToLabel()} ({Reason})");
}
