namespace Fluxgate;

/// <summary>An event of a breaker that is not a transition: <see cref="WouldTripNotice"/>, <see cref="UserErrorNotice"/>,
/// <see cref="ReconfiguredNotice"/>, <see cref="LeaseExceededNotice"/>, <see cref="GroupFullNotice"/> or <see cref="SignalsDroppedNotice"/>. Later versions can add kinds; a listener should ignore unknown ones.</summary>
/// <remarks>Notices of all kinds are immutable and thread-safe.</remarks>
public abstract class Notice
{
    private protected Notice(string circuitName, DateTimeOffset timestamp)
    {
        CircuitName = circuitName;
        Timestamp = timestamp;
    }

    /// <summary>Gets the circuit's name.</summary>
    public string CircuitName { get; }

    /// <summary>Gets the time of the event, by the wall clock of the breaker's <see cref="TimeProvider"/>.</summary>
    public DateTimeOffset Timestamp { get; }
}
