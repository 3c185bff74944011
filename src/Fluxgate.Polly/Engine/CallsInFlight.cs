using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The calls in flight of a closed phase with a slow-call rule, counted by the epoch in which they started. It knows how many of them are
/// overdue: in flight for at least a slow threshold.
/// </summary>
/// <remarks>
/// An epoch is a twelfth of the shortest threshold. A call that starts or ends changes one counter, which contains the epoch's tag, so an
/// exchange detects that the epoch has been swept. Once all calls of an epoch are overdue, it is swept: the calls that are left move to a
/// list, from which each of them is removed under a lock when it ends. So a call is overdue at most two epochs late, and never early.
/// The lock guards only arithmetic. The clock is read outside it.
/// </remarks>
internal sealed class CallsInFlight : StripedCounters
{
    // Calls of 13 epochs can be in the counters: those that are not overdue. A power of two, so that a mask selects the counter.
    private const int Slots = 16;
    private const int EpochsPerThreshold = 12;

    // A counter: the tag of an epoch, and the number of calls plus a bias. In one stripe, more calls can end than start. The tag repeats
    // after 16 million epochs.
    private const int CountBits = 38;
    private const long CountMask = (1L << CountBits) - 1;
    private const long Bias = 1L << (CountBits - 1);
    private const long TagMask = (1L << (63 - CountBits)) - 1;

    // A timer that looks after this time releases a breaker that is no longer used, whatever its threshold.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly StateMachine _machine;
    private readonly CallsInFlight? _before;
    private readonly bool _isCoarse;
    private readonly ulong _epochsPerUnit;

    // Guarded by the lock of this object.
    private SweptCalls? _swept;
    private long _opened;
    private bool _isScheduled;

    private CallsInFlight(StateMachine machine, SlowThresholds thresholds, bool isCoarse, CallsInFlight? before)
        : base(Slots)
    {
        (_machine, Thresholds, _isCoarse, _before) = (machine, thresholds, isCoarse, before);

        // The quotient of 2^64 and the length of an epoch: a multiplication takes a fifth of the time of a division.
        _epochsPerUnit = (ulong.MaxValue / (ulong)EpochUnits) + 1;
        _opened = EpochOf(Clock.Now) - 1;
    }

    /// <summary>Gets the slow thresholds of the rule.</summary>
    public SlowThresholds Thresholds { get; }

    private Clock Clock => _isCoarse ? _machine.Clock.Coarse : _machine.Clock;

    // At least 2, so that the quotient fits in 64 bits.
    private long EpochUnits => Math.Max(2, ((Clock.Units(Thresholds.Shortest) - 1) / EpochsPerThreshold) + 1);

    /// <summary>Returns the calls in flight for a phase, or <see langword="null"/> if its rule has no slow threshold.</summary>
    /// <param name="start">The start of the phase. An object of the same phase shares its calls, unless the thresholds changed.</param>
    /// <param name="clock">The clock on which the phase times calls.</param>
    public static CallsInFlight? Of(PhaseStart start, Clock clock)
    {
        var thresholds = start.Rules.SlowThresholds;
        if (thresholds.Count == 0)
        {
            return null;
        }

        var isCoarse = !ReferenceEquals(clock, start.Machine.Clock);
        var before = start.Before?.InFlight;
        if (before is not null && !(before._isCoarse == isCoarse && before.Thresholds.IsEquivalentTo(thresholds)))
        {
            // Calls that were admitted before a threshold applied are never overdue.
            before = null;
        }

        return before is not null && start.Before is ClosedPhase closed && closed.Number == start.Number
            ? before
            : new(start.Machine, thresholds, isCoarse, before?.Pruned());
    }

    /// <summary>Counts the start of a call.</summary>
    /// <returns><see langword="false"/> if the epoch is not open. The caller opens it, reads the clock and tries again.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryBegin(CallStart start) => TryChange(EpochOf(start.Timestamp(_isCoarse)), 1);

    /// <summary>Counts the end of a call.</summary>
    /// <returns>
    /// <see langword="true"/> if the call was overdue when a metrics-only circuit counted a would-trip. Its result is then stale, as it would
    /// be if the circuit had opened.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool End(CallStart start)
    {
        var epoch = EpochOf(start.Timestamp(_isCoarse));
        return !TryChange(epoch, -1) && EndSwept(epoch);
    }

    /// <summary>Opens the current epoch, and sweeps those whose calls are all overdue.</summary>
    /// <param name="wouldTrips">The number of would-trips before this phase object.</param>
    /// <returns>Whether more calls are overdue than before, so that the caller evaluates the rule.</returns>
    public bool Open(long wouldTrips)
    {
        var now = Clock.Now;
        var epoch = EpochOf(now);
        bool schedules;
        bool areMore;
        lock (this)
        {
            if (epoch < _opened)
            {
                // The clock went back, or this thread was delayed.
                SweepAll(wouldTrips);
            }

            areMore = Advance(epoch, wouldTrips);
            _opened = epoch;
            for (var stripe = 0; stripe < StripesOf(Generations - 1); stripe++)
            {
                ref var slot = ref Slot(Generations - 1, stripe, SlotOf(epoch));
                if (slot >> CountBits != TagOf(epoch))
                {
                    Volatile.Write(ref slot, (TagOf(epoch) << CountBits) | Bias);
                }
            }

            schedules = !_isScheduled;
            _isScheduled = true;
        }

        if (schedules)
        {
            Schedule(now, epoch + EpochsUntilOverdue(0));
        }

        return areMore;
    }

    /// <summary>Returns the overdue calls as if each of them had just succeeded, after as long as the longest threshold that it reached.</summary>
    /// <param name="wouldTrips">The number of would-trips before this phase object. A call that was overdue at one of them is not returned.</param>
    /// <param name="most">The most calls to return. The longest in flight are returned.</param>
    public CallCounts Overdue(long wouldTrips, long most)
    {
        if (Volatile.Read(ref _swept) is not { OverdueForAny: > 0 } swept)
        {
            return default;
        }

        lock (this)
        {
            return swept.Overdue(wouldTrips, most);
        }
    }

    /// <summary>After a would-trip, leaves out the calls that were overdue at it. They are evidence only once.</summary>
    /// <param name="wouldTrips">The number of would-trips so far.</param>
    public void Spend(long wouldTrips)
    {
        lock (this)
        {
            _swept?.Spend(wouldTrips);
        }
    }

    /// <summary>Reads the calls in flight that this phase and earlier closed phases with the same thresholds admitted.</summary>
    public InFlightReading Read()
    {
        var now = Clock.Now;
        var epoch = EpochOf(now);
        var overdue = default(CallCounts.SlowCounts);
        var oldest = long.MaxValue;
        for (var calls = this; calls is not null; calls = calls._before)
        {
            calls.Read(epoch, ref overdue, ref oldest);
        }

        var age = oldest == long.MaxValue ? (long?)null : Math.Max(0, Clock.TicksBetween((oldest + 1) * EpochUnits, now));
        return new(Thresholds, overdue, age is { } ticks ? TimeSpan.FromTicks(ticks) : null);
    }

    /// <summary>Evaluates the rule if calls have become overdue, and schedules the timer again as long as another call may become overdue.</summary>
    public void OnTimer()
    {
        var current = _machine.Phase;
        var isCurrent = current is ClosedPhase && ReferenceEquals(current.InFlight, this) && !_machine.IsDisposed;
        var now = Clock.Now;
        var epoch = EpochOf(now);
        bool areMore;
        long? next;
        lock (this)
        {
            areMore = isCurrent && Advance(epoch, current.History.WouldTrips);
            next = isCurrent ? NextOverdue() : null;
            if (next is null)
            {
                // Closes the current epoch, so that the next call schedules the timer.
                SweepAll(current.History.WouldTrips);
                next = isCurrent ? NextOverdue() : null;
            }

            _isScheduled = next is not null;
        }

        if (next is { } due)
        {
            Schedule(now, due);
        }

        if (areMore && _machine.Phase is ClosedPhase phase && ReferenceEquals(phase.InFlight, this))
        {
            phase.EvaluateOverdue();
        }
    }

    /// <summary>Reports an exception of the timer.</summary>
    public void TimerFailed(Exception error) => _machine.UserCode.ClockFailed(error);

    private static int SlotOf(long epoch) => (int)epoch & (Slots - 1);

    private static long CallsIn(long word) => (word & CountMask) - Bias;

    // Odd, so that no tag equals an empty counter.
    private static long TagOf(long epoch) => ((epoch << 1) | 1) & TagMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long EpochOf(long timestamp) => (long)Math.BigMul((ulong)Math.Max(timestamp, 0), _epochsPerUnit, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryChange(long epoch, int by)
    {
        ref var slot = ref Slot(SlotOf(epoch));
        var seen = Volatile.Read(ref slot);
        return seen >> CountBits == TagOf(epoch)
            && (Interlocked.CompareExchange(ref slot, seen + by, seen) == seen || TryChangeContended(epoch, by));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryChangeContended(long epoch, int by)
    {
        while (true)
        {
            GrowWhenContended();
            ref var slot = ref Slot(SlotOf(epoch));
            var seen = Volatile.Read(ref slot);
            if (seen >> CountBits != TagOf(epoch))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref slot, seen + by, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Ends a call whose epoch has been swept, or is not open in a new stripe.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EndSwept(long epoch)
    {
        var current = _machine.Phase;
        lock (this)
        {
            for (var generation = 0; generation < Generations; generation++)
            {
                ref var slot = ref Slot(generation, 0, SlotOf(epoch));
                while (Volatile.Read(ref slot) is var seen && seen >> CountBits == TagOf(epoch))
                {
                    if (Interlocked.CompareExchange(ref slot, seen - 1, seen) == seen)
                    {
                        return false;
                    }
                }
            }

            if (_swept is null || _swept[epoch] == 0)
            {
                return false;
            }

            _swept.Spend(ReferenceEquals(current.InFlight, this) ? current.History.WouldTrips : 0);
            _swept.Add(epoch, -1);
            return _swept.AreSpent(epoch);
        }
    }

    /// <summary>Sweeps the epochs whose calls are all overdue, and counts the overdue calls.</summary>
    private bool Advance(long epoch, long wouldTrips)
    {
        _swept?.Spend(wouldTrips);
        for (var past = _opened; past > _opened - Slots; past--)
        {
            if (past + EpochsUntilOverdue(0) <= epoch)
            {
                Sweep(past, wouldTrips);
            }
        }

        return _swept?.Advance(epoch) == true;
    }

    private void SweepAll(long wouldTrips)
    {
        for (var past = _opened; past > _opened - Slots; past--)
        {
            Sweep(past, wouldTrips);
        }
    }

    /// <summary>Moves the calls of an epoch that are in flight to the list.</summary>
    private void Sweep(long epoch, long wouldTrips)
    {
        var left = 0L;
        for (var generation = 0; generation < Generations; generation++)
        {
            for (var stripe = 0; stripe < StripesOf(generation); stripe++)
            {
                // A call that ends after this exchange waits for the lock.
                ref var slot = ref Slot(generation, stripe, SlotOf(epoch));
                left += Volatile.Read(ref slot) >> CountBits == TagOf(epoch) ? CallsIn(Interlocked.Exchange(ref slot, 0)) : 0;
            }
        }

        if (left != 0)
        {
            (_swept ??= new(this, advancedTo: epoch, wouldTrips)).Add(epoch, left);
        }
    }

    /// <summary>Returns the first epoch in which another call becomes overdue for a threshold; <see langword="null"/> for none.</summary>
    private long? NextOverdue()
    {
        // The first open epoch is the oldest.
        for (var past = _opened - Slots + 1; past <= _opened; past++)
        {
            if (CallsOf(past) > 0)
            {
                var due = past + EpochsUntilOverdue(0);
                return _swept?.NextOverdue() is { } next && next < due ? next : due;
            }
        }

        return _swept?.NextOverdue();
    }

    /// <summary>Returns the number of calls of an epoch that has not been swept.</summary>
    private long CallsOf(long epoch)
    {
        var calls = 0L;
        for (var generation = 0; generation < Generations; generation++)
        {
            for (var stripe = 0; stripe < StripesOf(generation); stripe++)
            {
                var word = Volatile.Read(ref Slot(generation, stripe, SlotOf(epoch)));
                calls += word >> CountBits == TagOf(epoch) ? CallsIn(word) : 0;
            }
        }

        return calls;
    }

    private void Read(long now, ref CallCounts.SlowCounts overdue, ref long oldest)
    {
        lock (this)
        {
            for (var past = _opened; past > _opened - Slots; past--)
            {
                Add(past, CallsOf(past), ref overdue, ref oldest);
            }

            for (var place = 0; place < (_swept?.Epochs.Count ?? 0); place++)
            {
                var epoch = _swept!.Epochs[place];
                Add(epoch, _swept[epoch], ref overdue, ref oldest);
            }
        }

        void Add(long epoch, long calls, ref CallCounts.SlowCounts overdue, ref long oldest)
        {
            oldest = calls > 0 ? Math.Min(oldest, epoch) : oldest;
            for (var i = 0; i < Thresholds.Count; i++)
            {
                overdue[i] += epoch + EpochsUntilOverdue(i) <= now ? calls : 0;
            }
        }
    }

    /// <summary>Returns this object, or an earlier one, if one of its calls is in flight.</summary>
    private CallsInFlight? Pruned()
    {
        var (overdue, oldest) = (default(CallCounts.SlowCounts), long.MaxValue);
        Read(long.MaxValue, ref overdue, ref oldest);
        return oldest != long.MaxValue ? this : _before?.Pruned();
    }

    /// <summary>Returns after how many epochs all calls of an epoch have reached a threshold.</summary>
    public long EpochsUntilOverdue(int threshold) => ((Clock.Units(Thresholds[threshold]) - 1) / EpochUnits) + 2;

    /// <summary>Schedules the timer at the start of an epoch.</summary>
    private void Schedule(long now, long epoch)
    {
        var clock = Clock;
        var wait = TimeSpan.FromTicks(clock.TicksUntil(now, epoch * EpochUnits)) + (_isCoarse ? Clock.CoarseStep : TimeSpan.Zero);
        OverdueTimer
            .Of(_machine.Clock.Provider)
            .Schedule(this, wait < LongestWait ? wait : LongestWait, step: TimeSpan.FromTicks(clock.TicksBetween(0, EpochUnits)));
    }
}

/// <summary>The calls in flight of a breaker with a slow-call rule.</summary>
/// <param name="Thresholds">The thresholds.</param>
/// <param name="Counts">The number of calls that have been in flight for at least as long as each threshold.</param>
/// <param name="OldestAge">How long the oldest call has been in flight at least, or <see langword="null"/> if no call is in flight.</param>
internal readonly record struct InFlightReading(SlowThresholds Thresholds, CallCounts.SlowCounts Counts, TimeSpan? OldestAge)
{
    public long Overdue(TimeSpan threshold) => Thresholds?.IndexOf(threshold) is >= 0 and var index ? Counts[index] : 0;
}
