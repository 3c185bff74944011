namespace Fluxgate;

/// <summary>The status of this process in its fleet at one moment. Immutable.</summary>
public sealed record FleetStatus
{
    /// <summary>Gets whether the last exchange with the store succeeded.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Gets whether this member leads: it makes the summary.</summary>
    public bool IsLeader { get; init; }

    /// <summary>Gets the time since the last exchange that succeeded; <see langword="null"/> if there was none.</summary>
    public TimeSpan? LastExchange { get; init; }

    /// <summary>Gets the total number of exchanges that succeeded.</summary>
    public long Exchanges { get; init; }

    /// <summary>Gets the total number of exchanges and other calls of the store that failed.</summary>
    public long Failures { get; init; }

    /// <summary>Gets the number of exchanges that have failed since the last one that succeeded.</summary>
    public long FailuresInARow { get; init; }

    /// <summary>Gets the error of the last failure, one line; <see langword="null"/> if there was none.</summary>
    public string? LastError { get; init; }

    /// <summary>Gets the total number of messages in the store that could not be read and were ignored.</summary>
    public long IgnoredMessages { get; init; }

    /// <summary>Gets how often this process restored directives that the store had lost.</summary>
    public long Restorations { get; init; }

    /// <summary>Gets the number of circuits of this process that belong to the fleet.</summary>
    public int Circuits { get; init; }

    /// <summary>Gets the number of circuits of this process that are in a different state than a directive requires.</summary>
    public int Divergent { get; init; }
}
