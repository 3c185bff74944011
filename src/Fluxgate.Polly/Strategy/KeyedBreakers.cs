using Polly;

namespace Fluxgate;

/// <summary>Finds the breaker of each call in a group, by the key of the call.</summary>
internal sealed class KeyedBreakers(BreakerGroup group, Func<ResilienceContext, string?> selector)
{
    // Consecutive calls often have the same key.
    private GroupMember? _last;

    /// <summary>Returns the breaker of a call. Never throws: without a key, it is the shared one.</summary>
    public StateMachine Of(ResilienceContext context)
    {
        string? key;
        try
        {
            key = selector(context);
        }
        catch (Exception error)
        {
            return group.ShareWithoutKey(error).Machine;
        }

        return _last is { IsEvicted: false } last && last.Key == key ? last.Machine : Find(key);
    }

    private StateMachine Find(string? key)
    {
        if (key is null)
        {
            return group.ShareWithoutKey(error: null).Machine;
        }

        var found = group.Resolve(key);
        if (found.Key is not null)
        {
            _last = found;
        }

        return found.Machine;
    }
}
