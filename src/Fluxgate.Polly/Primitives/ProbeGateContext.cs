namespace Fluxgate;

/// <summary>An open circuit whose break is over: the argument of <c>FluxgateBreakerSettings.ProbeGate</c>.</summary>
public readonly struct ProbeGateContext
{
    private readonly string? _circuitName;
    private readonly Reason? _reason;

    /// <summary>Creates a context. Use it to test a probe gate without a breaker.</summary>
    /// <param name="circuitName">See <see cref="CircuitName"/>.</param>
    /// <param name="openFor">See <see cref="OpenFor"/>.</param>
    /// <param name="reopens">See <see cref="Reopens"/>.</param>
    /// <param name="groupName">See <see cref="GroupName"/>.</param>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="reason">See <see cref="Reason"/>; by default, the reason of a new breaker.</param>
    public ProbeGateContext(
        string circuitName,
        TimeSpan openFor,
        long reopens = 0,
        string? groupName = null,
        string? key = null,
        Reason? reason = null
    )
    {
        _circuitName = circuitName;
        OpenFor = openFor;
        Reopens = reopens;
        GroupName = groupName;
        Key = key;
        _reason = reason;
    }

    /// <summary>Gets the circuit's name.</summary>
    public string CircuitName => _circuitName ?? "";

    /// <summary>Gets the name of the group that the circuit belongs to, or <see langword="null"/> if it belongs to none.</summary>
    public string? GroupName { get; }

    /// <summary>Gets the key of the circuit in its group; <see langword="null"/> without a group, and for the shared circuit, which serves the keys that have no circuit of their own.</summary>
    public string? Key { get; }

    /// <summary>Gets how long the circuit has been open, on the monotonic clock.</summary>
    public TimeSpan OpenFor { get; }

    /// <summary>Gets how often the circuit has returned from half-open to open since it was last closed.</summary>
    public long Reopens { get; }

    /// <summary>Gets the reason why the circuit opened.</summary>
    public Reason Reason => _reason ?? Reason.Initial;
}
