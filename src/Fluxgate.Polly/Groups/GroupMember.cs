namespace Fluxgate;

/// <summary>The place of one key in a group: its breaker, and when it was called last.</summary>
internal sealed class GroupMember : Membership
{
    private static long _created;

    private readonly BreakerGroup _group;
    private long _calls;
    private int _isIdle;
    private bool _isDetached;

    /// <summary>Creates the breaker of a key.</summary>
    /// <param name="group">The group.</param>
    /// <param name="key">The key; <see langword="null"/> for the shared breaker.</param>
    /// <param name="settings">The settings of the breaker.</param>
    /// <param name="clock">The clock of the group.</param>
    /// <param name="durations">The recorder of durations that the breakers of the group share.</param>
    public GroupMember(BreakerGroup group, string? key, FluxgateBreakerSettings settings, Clock clock, Durations? durations)
    {
        (_group, Key, LastCallAt) = (group, key, clock.Now);
        Breaker = new(name: null, settings, clock, this, durations);
        Machine = Breaker.Machine;
    }

    public BreakerGroup Group => _group;

    /// <summary>Gets the number of the member in the process.</summary>
    public long Number { get; } = Interlocked.Increment(ref _created);

    public override string GroupName => _group.Name;

    public override string? Key { get; }

    public override string CircuitName => DerivedName.Of(Key is null ? $"{GroupName} (shared)" : $"{GroupName}/{Key}");

    public FluxgateBreaker Breaker { get; }

    public StateMachine Machine { get; }

    /// <summary>Gets or sets the index in the list of the group, which guards it.</summary>
    public int Index { get; set; }

    /// <summary>Gets the time of the sweep since which the breaker has had no call.</summary>
    public long LastCallAt { get; private set; }

    /// <summary>Gets whether the breaker has been evicted. A call that misses this goes to its <see cref="Membership.Successor"/>.</summary>
    public bool IsEvicted { get; private set; }

    /// <summary>Evicts the breaker, unless it left a phase meanwhile.</summary>
    /// <returns><see langword="true"/> if this call evicted it.</returns>
    public bool TryEvict(Phase from)
    {
        if (!Machine.TryEvict(from))
        {
            return false;
        }

        IsEvicted = true;
        return true;
    }

    /// <summary>Gets whether the breaker has been evicted and its listeners have been detached. What it has counted is then final, apart from its calls in flight.</summary>
    public bool IsDetached => Volatile.Read(ref _isDetached);

    public override StateMachine? Current => _group.Find(Key!)?.Machine;

    public override StateMachine Successor(bool evenIfFull) => _group.SuccessorOf(this, evenIfFull).Machine;

    public override bool TryClaimTrip(out string limit)
    {
        limit = "";
        return Key is null || _group.TryClaimTrip(out limit);
    }

    public override void ReturnClaim()
    {
        if (Key is not null)
        {
            _group.Trips.Return();
        }
    }

    public override void OnTransition(BreakerState from, BreakerState to)
    {
        if (Key is not null)
        {
            _group.Trips.OnTransition(from, to);
            MarkIdle(false);
        }
    }

    /// <summary>Records whether the breaker was called since the last sweep.</summary>
    /// <returns>The time from which it is idle, or <see langword="null"/> if it is not.</returns>
    public long? UpdateLastCall(Phase phase, in TotalsReading totals, long now)
    {
        var calls = totals.Started + totals.Rejected.Sum();
        if (calls != _calls)
        {
            (_calls, LastCallAt) = (calls, now);
        }

        return totals.InFlight == 0 && phase.IdleFrom is { } from ? Math.Max(from, LastCallAt) : null;
    }

    /// <summary>Marks the circuit as one that is tripped and has no traffic, or removes the mark.</summary>
    /// <param name="phase">The phase for which it is marked. If it has ended, the mark is removed.</param>
    public void MarkIdle(Phase phase)
    {
        MarkIdle(TripLimit.IsTripped(phase.State));
        if (!Machine.IsCurrent(phase))
        {
            MarkIdle(false);
        }
    }

    public void MarkIdle(bool isIdle)
    {
        var mark = isIdle ? 1 : 0;
        _group.Trips.AddIdle(mark - Interlocked.Exchange(ref _isIdle, mark));
    }

    /// <summary>Detaches the listeners of an evicted breaker. Never throws.</summary>
    public async Task DetachAsync()
    {
        await Breaker.DisposeAsync().ConfigureAwait(false);
        Volatile.Write(ref _isDetached, true);
    }

    /// <summary>Drops the listeners of an evicted breaker without a call.</summary>
    public void DropListeners()
    {
        Breaker.DropListeners();
        Volatile.Write(ref _isDetached, true);
    }
}
