namespace Fluxgate;

/// <summary>The probes of a half-open phase and what has come of them. It is its own lock, and goes on with the phase when that is reconfigured.</summary>
internal sealed class Probing
{
    public Leases Leases { get; } = new();

    public Standing Standing;
}
