using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <content>The places of the keys.</content>
public sealed partial class BreakerGroup
{
    private readonly ConcurrentDictionary<string, GroupMember> _members = new(StringComparer.Ordinal);

    // All circuits whose counts are not among the retired ones: those with a place, and those that were evicted and still have calls in
    // flight. The list is the lock for both.
    private readonly List<GroupMember> _all = [];
    private readonly CircuitSums _retired = new();

    // What retired circuits count afterwards, such as a rejection that was under way.
    private readonly Totals _late = new();
    private readonly long[] _sharedCalls = new long[Enum.GetValues<SharedCallReason>().Length];

    private StrongBox<CancellationToken> _stopping = new();
    private int _places;
    private int _isFull;
    private volatile bool _isDisposed;

    internal TripLimit Trips { get; } = new();

    /// <summary>Returns the place of a key, or <see langword="null"/> if it has none.</summary>
    internal GroupMember? Find(string key) => _members.TryGetValue(key, out var member) && !member.Machine.IsEvicted ? member : null;

    /// <summary>Returns the place of a key, or that of the shared breaker if there is none.</summary>
    internal GroupMember Resolve(string key, bool evenIfFull = false) =>
        _members.TryGetValue(key, out var member) ? member : Add(key, evenIfFull);

    /// <summary>Returns the place of the shared breaker for a call that has no key.</summary>
    internal GroupMember ShareWithoutKey(Exception? error)
    {
        Interlocked.Increment(ref _sharedCalls[(int)(error is null ? SharedCallReason.NoKey : SharedCallReason.SelectorError)]);
        if (error is not null)
        {
            _shared.Machine.UserCode.ReportError(UserErrorSource.KeySelector, error);
        }

        return _shared;
    }

    /// <summary>Returns the place that the key of an evicted breaker has now.</summary>
    internal GroupMember SuccessorOf(GroupMember evicted, bool evenIfFull)
    {
        // The thread that evicts it may not have removed it yet.
        _members.TryRemove(new(evicted.Key!, evicted));
        return Resolve(evicted.Key!, evenIfFull);
    }

    internal bool TryClaimTrip(out string limit)
    {
        var ratio = Rules.Options.MaxOpenRatio;
        var circuits = Math.Max(0, Count - Volatile.Read(ref _idle));
        if (Trips.TryClaim(ratio, circuits, out var tripped))
        {
            limit = "";
            return true;
        }

        limit =
            $"but {RuleText.Number(tripped)} of {RuleText.Number(circuits)} circuits of the group '{Name}' are open already (MaxOpenRatio {RuleText.Percent(ratio ?? 1)})";
        return false;
    }

    /// <summary>Returns how many calls the shared breaker has received for a reason.</summary>
    internal long SharedCalls(SharedCallReason reason) => Volatile.Read(ref _sharedCalls[(int)reason]);

    /// <summary>Reads the sums over all circuits since the group was created, and each circuit that has a key and a place.</summary>
    /// <param name="members">The members that have a key and a place.</param>
    /// <param name="circuits">Their circuits, at the same indexes.</param>
    /// <param name="evicted">The number of evictions.</param>
    internal CircuitSums ReadSums(out GroupMember[] members, out GroupCircuit[] circuits, out long evicted)
    {
        var sums = new CircuitSums();
        lock (_all)
        {
            members = [.. _all];
            sums.Add(_retired);
            evicted = _evicted;
        }

        sums.Add(_late.ReadFolded(), phase: null);
        var count = 0;
        circuits = new GroupCircuit[members.Length];
        foreach (var member in members)
        {
            var totals = member.Machine.ReadTotals(out var phase);
            sums.Add(totals, phase);
            if (member.Key is not null && phase is not EvictedPhase)
            {
                circuits[count] = new(member, phase, totals);
                members[count++] = member;
            }
        }

        Array.Resize(ref circuits, count);
        return sums;
    }

    private GroupMember Add(string key, bool evenIfFull)
    {
        if ((_isDisposed && !evenIfFull) || !TryTakePlace(evenIfFull))
        {
            // An earlier attempt may have failed.
            ScheduleSweep();
            Interlocked.Increment(ref _sharedCalls[(int)SharedCallReason.NoPlace]);
            return _shared;
        }

        var rules = Rules;
        GroupMember created;
        try
        {
            created = new(this, key, rules.SettingsOf(key), _clock, _shared.Machine.Durations);
        }
        catch
        {
            Interlocked.Decrement(ref _places);
            throw;
        }

        created.Breaker.IgnoreAbandonedCallsOnShutdown(_stopping.Value);
        var published = _members.GetOrAdd(key, created);
        if (!ReferenceEquals(published, created))
        {
            Interlocked.Decrement(ref _places);
            created.OnTransition(created.Breaker.State, BreakerState.Closed);
            created.Breaker.Dispose();
            return published;
        }

        lock (_all)
        {
            created.Index = _all.Count;
            _all.Add(created);
        }

        // Of this thread and one that changes the settings or disposes the group, at least one sees the write of the other.
        if (!ReferenceEquals(rules, Rules))
        {
            Apply(created);
        }

        created.Breaker.IgnoreAbandonedCallsOnShutdown(_stopping.Value);
        created.Breaker.Attach();
        if (_isDisposed)
        {
            created.Breaker.Dispose();
        }

        ScheduleSweep();
        return created;
    }

    private bool TryTakePlace(bool evenIfFull)
    {
        var most = evenIfFull ? int.MaxValue : Rules.Options.MaxBreakers;
        for (var places = Count; places < most; places = Count)
        {
            if (Interlocked.CompareExchange(ref _places, places + 1, places) == places)
            {
                return true;
            }
        }

        if (!_isDisposed && Volatile.Read(ref _isFull) == 0 && Interlocked.Exchange(ref _isFull, 1) == 0)
        {
            _shared.Machine.Notify((name, now) => new GroupFullNotice(name, now, Name, most));
        }

        return false;
    }

    /// <summary>Applies the settings in force to a breaker. Repeats it if they change meanwhile.</summary>
    private void Apply(GroupMember member)
    {
        GroupRules rules;
        do
        {
            rules = Rules;
            // The shared breaker raises the notice for all: a notice from each would flood the log.
            member.Machine.Reconfigure(rules.SettingsOf(member.Key).ToRules(), notify: rules.HasOwnSettings(member.Key));
        } while (!ReferenceEquals(rules, Rules));
    }

    private GroupMember[] CopyAll()
    {
        lock (_all)
        {
            return [.. _all];
        }
    }
}
