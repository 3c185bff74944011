namespace Fluxgate;

/// <summary>The right of a few members to begin probing. The store keeps it, on the store's clock.</summary>
internal sealed class ProbeLeases(int slots, TimeSpan timeToLive)
{
    private readonly Dictionary<int, TimeSpan> _expiries = [];

    /// <summary>Takes a lease, or extends the one that the member holds.</summary>
    /// <returns><see langword="false"/> if others hold all leases.</returns>
    public bool TryTake(int member, TimeSpan now)
    {
        foreach (var (holder, expiry) in _expiries)
        {
            if (expiry <= now)
            {
                _expiries.Remove(holder);
            }
        }

        if (!_expiries.ContainsKey(member) && _expiries.Count >= slots)
        {
            return false;
        }

        _expiries[member] = now + timeToLive;
        return true;
    }

    public void Release(int member) => _expiries.Remove(member);
}
