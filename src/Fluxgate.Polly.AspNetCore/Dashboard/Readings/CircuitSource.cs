using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <summary>Finds the circuits and groups that the dashboard shows: those of the container.</summary>
internal sealed class CircuitSource(FluxgateBreakers breakers)
{
    public IEnumerable<FluxgateBreaker> Breakers => breakers;

    public IReadOnlyList<BreakerGroup> Groups => breakers.Groups;

    public string? ConfigurationErrorOf(string name) => breakers.GetConfigurationError(name);

    /// <summary>Finds a group, as a whole or as the group of the circuit at an address.</summary>
    public bool TryFindGroup(CircuitAddress address, [NotNullWhen(true)] out BreakerGroup? group)
    {
        group = null;
        return address.Group is not null && breakers.TryGetGroup(address.Group, out group);
    }

    /// <summary>Finds a circuit. Creates none for a key that has none.</summary>
    public bool TryFind(CircuitAddress address, [NotNullWhen(true)] out FluxgateBreaker? breaker)
    {
        breaker = null;
        if (address.Name is not null)
        {
            return breakers.TryGet(address.Name, out breaker);
        }

        if (!TryFindGroup(address, out var group))
        {
            return false;
        }

        if (address.IsShared)
        {
            breaker = group.Shared;
            return true;
        }

        return address.Key is not null && group.TryGet(address.Key, out breaker);
    }
}
