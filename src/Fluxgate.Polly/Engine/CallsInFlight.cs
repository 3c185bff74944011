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
    private readonly SlowThresholds _thresholds;
    private readonly CallsInFlight? _before;
    private readonly bool _isCoarse;
    private readonly ulong _epochsPerUnit;

    // Guarded by the lock of this object, as are the counters of swept epochs.
    private SortedList<long, long>? _swept;
    private CallCounts.SlowCounts _overdue;
    private long _opened;
    private long _advancedTo;
    private long _wouldTrips;
    private long _spentUpTo = long.MinValue;
    private bool _isScheduled;

    private CallsInFlight(StateMachine machine, SlowThresholds thresholds, bool isCoarse, long wouldTrips, CallsInFlight? before)
        : base(Slots)
    {
        (_machine, _thresholds, _isCoarse, _wouldTrips, _before) = (machine, thresholds, isCoarse, wouldTrips, before);

        // The quotient of 2^64 and the length of an epoch: a multiplication takes a fifth of the time of a division.
        _epochsPerUnit = (ulong.MaxValue / (ulong)EpochUnits) + 1;
        _opened = _advancedTo = EpochOf(Clock.Now) - 1;
    }

    private Clock Clock => _isCoarse ? _machine.Clock.Coarse : _machine.Clock;

    // At least 2, so that the quotient fits in 64 bits.
    private long EpochUnits => Math.Max(2, ((Clock.Units(_thresholds.Shortest) - 1) / EpochsPerThreshold) + 1);

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
        if (before is not null && !(before._isCoarse == isCoarse && before._thresholds.IsEquivalentTo(thresholds)))
        {
            // Calls that were admitted before a threshold applied are never overdue.
            before = null;
        }

        return before is not null && start.Before is ClosedPhase closed && closed.Number == start.Number
            ? before
            : new(start.Machine, thresholds, isCoarse, start.History.WouldTrips, before?.Pruned());
    }

    /// <summary>Counts the start of a call.</summary>
    /// <returns><see langword="false"/> if the epoch is not open. The caller opens it, reads the clock and tries again.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryBegin(CallStart start) => TryChange(EpochOf(start.Timestamp(_machine.Clock, out _)), 1);

    /// <summary>Counts the end of a call.</summary>
    /// <returns>
    /// <see langword="true"/> if the call was overdue when a metrics-only circuit counted a would-trip. Its result is then stale, as it would
    /// be if the circuit had opened.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool End(CallStart start)
    {
        var epoch = EpochOf(start.Timestamp(_machine.Clock, out _));
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
                SweepAll();
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
        if (Volatile.Read(ref _overdue[0]) <= 0)
        {
            return default;
        }

        lock (this)
        {
            SpendUpTo(wouldTrips);
            var overdue = wouldTrips < _wouldTrips ? default : _overdue;
            var (ticks, shorter) = (0L, 0L);
            for (var i = 0; i < _thresholds.Count; i++)
            {
                overdue[i] = Math.Min(overdue[i], most);
                var threshold = Math.Min(_thresholds[i].Ticks, Clock.LongestTicks);
                ticks += overdue[i] * (threshold - shorter);
                shorter = threshold;
            }

            return new(overdue[0], 0, ticks, overdue);
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
        return new(_thresholds, overdue, age is { } ticks ? TimeSpan.FromTicks(ticks) : null);
    }

    /// <summary>Evaluates the rule if calls have become overdue, and schedules the timer again as long as another call may become overdue.</summary>
    public void OnTimer()
    {
        var current = _machine.Phase;
        var isCurrent = current is ClosedPhase && ReferenceEquals(current.InFlight, this) && !_machine.IsDisposed;
        var now = Clock.Now;
        var epoch = EpochOf(now);
        bool areMore;
        long next;
        lock (this)
        {
            areMore = isCurrent && Advance(epoch, current.History.WouldTrips);
            next = NextOverdue();
            if (next == long.MaxValue || !isCurrent)
            {
                // Closes the current epoch, so that the next call schedules the timer.
                SweepAll();
                next = isCurrent ? NextOverdue() : long.MaxValue;
            }

            _isScheduled = next != long.MaxValue;
        }

        if (next != long.MaxValue)
        {
            Schedule(now, next);
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
            SpendUpTo(ReferenceEquals(current.InFlight, this) ? current.History.WouldTrips : 0);
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

            if (_swept?.ContainsKey(epoch) != true)
            {
                return false;
            }

            AddSwept(epoch, -1);
            return epoch <= _spentUpTo;
        }
    }

    /// <summary>Sweeps the epochs whose calls are all overdue, and counts the overdue calls.</summary>
    private bool Advance(long epoch, long wouldTrips)
    {
        SpendUpTo(wouldTrips);
        var before = _overdue;
        for (var past = _opened; past > _opened - Slots; past--)
        {
            if (past + EpochsUntilOverdue(0) <= epoch)
            {
                Sweep(past);
            }
        }

        for (var i = 0; i < _thresholds.Count; i++)
        {
            var (from, to) = (_advancedTo - EpochsUntilOverdue(i), epoch - EpochsUntilOverdue(i));
            for (var place = (_swept?.Count ?? 0) - 1; place >= 0 && _swept!.Keys[place] is var started && started > from; place--)
            {
                _overdue[i] += started <= to && started > _spentUpTo ? _swept.Values[place] : 0;
            }
        }

        _advancedTo = Math.Max(_advancedTo, epoch);
        return AreMore(before);
    }

    private bool AreMore(in CallCounts.SlowCounts before)
    {
        for (var i = 0; i < _thresholds.Count; i++)
        {
            if (_overdue[i] > before[i])
            {
                return true;
            }
        }

        return false;
    }

    private void SweepAll()
    {
        for (var past = _opened; past > _opened - Slots; past--)
        {
            Sweep(past);
        }
    }

    /// <summary>Moves the calls of an epoch that are in flight to the list.</summary>
    private void Sweep(long epoch)
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
            AddSwept(epoch, left);
        }
    }

    private void AddSwept(long epoch, long calls)
    {
        _swept ??= [];
        var left = _swept.GetValueOrDefault(epoch) + calls;
        if (left == 0)
        {
            _swept.Remove(epoch);
        }
        else
        {
            _swept[epoch] = left;
        }

        for (var i = 0; i < _thresholds.Count; i++)
        {
            _overdue[i] += epoch > _spentUpTo && epoch + EpochsUntilOverdue(i) <= _advancedTo ? calls : 0;
        }
    }

    /// <summary>After a would-trip, leaves out the calls that were overdue at it.</summary>
    public void Spend(long wouldTrips)
    {
        lock (this)
        {
            SpendUpTo(wouldTrips);
        }
    }

    private void SpendUpTo(long wouldTrips)
    {
        if (wouldTrips > _wouldTrips)
        {
            _wouldTrips = wouldTrips;
            _spentUpTo = _advancedTo - EpochsUntilOverdue(0);
            _overdue = default;
        }
    }

    /// <summary>Returns the first epoch in which another call becomes overdue for a threshold; <see cref="long.MaxValue"/> for none.</summary>
    private long NextOverdue()
    {
        var next = long.MaxValue;
        for (var past = _opened; past > _opened - Slots; past--)
        {
            if (CallsOf(past) > 0)
            {
                next = Math.Min(next, past + EpochsUntilOverdue(0));
            }
        }

        for (var place = (_swept?.Count ?? 0) - 1; place >= 0; place--)
        {
            var started = _swept!.Keys[place];
            if (started + EpochsUntilOverdue(_thresholds.Count - 1) <= _advancedTo)
            {
                break;
            }

            for (var i = 0; i < _thresholds.Count; i++)
            {
                next = started + EpochsUntilOverdue(i) is var due && due > _advancedTo ? Math.Min(next, due) : next;
            }
        }

        return next;
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

            for (var place = 0; place < (_swept?.Count ?? 0); place++)
            {
                Add(_swept!.Keys[place], _swept.Values[place], ref overdue, ref oldest);
            }
        }

        void Add(long epoch, long calls, ref CallCounts.SlowCounts overdue, ref long oldest)
        {
            oldest = calls > 0 ? Math.Min(oldest, epoch) : oldest;
            for (var i = 0; i < _thresholds.Count; i++)
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
    private long EpochsUntilOverdue(int threshold) => ((Clock.Units(_thresholds[threshold]) - 1) / EpochUnits) + 2;

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
