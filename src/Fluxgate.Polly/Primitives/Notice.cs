namespace Fluxgate;

/// <summary>Something worth hearing that is no transition: <see cref="WouldTripNotice"/>, <see cref="UserErrorNotice"/>,
/// <see cref="ReconfiguredNotice"/> or <see cref="SignalsDroppedNotice"/>. More kinds may come; a listener passes over those it does not know.</summary>
/// <remarks>Immutable and thread-safe, as all its kinds are.</remarks>
public abstract class Notice
{
    private protected Notice(string circuitName, DateTimeOffset timestamp)
    {
        CircuitName = circuitName;
        Timestamp = timestamp;
    }

    /// <summary>The circuit's name.</summary>
    public string CircuitName { get; }

    /// <summary>When, by the breaker's clock.</summary>
    public DateTimeOffset Timestamp { get; }
}
