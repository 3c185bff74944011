using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The calls in flight of a closed phase with a slow-call rule, counted by the epoch in which they started. It knows how many of them are
/// overdue: in flight for at least a slow threshold.
/// </summary>
/// <remarks>
/// Once all calls of an epoch are overdue, it is swept: the calls that are left move to a list, from which each of them is removed under the
/// lock when it ends. So a call is overdue at most two epochs late, and never early. The lock guards only arithmetic, and the clock is read
/// outside it.
/// </remarks>
internal sealed partial class CallsInFlight : EpochCounters
{
    private readonly StateMachine _machine;
    private readonly bool _isCoarse;
    private readonly ulong _reciprocal;

    // Guarded by the lock of this object.
    private SweptCalls? _swept;
    private int _schedule;

    // Whether the timer looks at least when a call that starts now becomes overdue.
    private bool _isScheduled;
    private long _wouldTrips;

    private CallsInFlight(StateMachine machine, Epochs epochs, bool isCoarse, CallsInFlight? before) =>
        (_machine, Epochs, _reciprocal, _isCoarse, _before) = (machine, epochs, epochs.Reciprocal, isCoarse, before);

    public Epochs Epochs { get; }

    private Clock Clock => _isCoarse ? _machine.Clock.Coarse : _machine.Clock;

    /// <summary>Returns the calls in flight for a phase, or <see langword="null"/> if its rule has no slow threshold.</summary>
    /// <param name="start">The start of the phase. An object of the same phase shares its calls, unless the thresholds changed.</param>
    /// <param name="clock">The clock on which the phase times calls.</param>
    public static CallsInFlight? Of(PhaseStart start, Clock clock)
    {
        if (start.Rules.SlowThresholds.Count == 0)
        {
            return null;
        }

        var isCoarse = !ReferenceEquals(clock, start.Machine.Clock);
        var previous = start.Previous?.InFlight;
        if (
            previous is not null
            && !(previous._isCoarse == isCoarse && previous.Epochs.Thresholds.IsEquivalentTo(start.Rules.SlowThresholds))
        )
        {
            // Calls that were admitted before a threshold applied are never overdue.
            previous = null;
        }

        return previous is not null && start.Previous is ClosedPhase closed && closed.Number == start.Number
            ? previous
            : new(start.Machine, start.Rules.EpochsOn(clock), isCoarse, previous?.Pruned());
    }

    /// <summary>Counts the start of a call.</summary>
    /// <returns><see langword="false"/> if the epoch is not open, so that the caller opens it, reads the clock and tries again, or if the phase has ended.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)] // The start of every call would contain it, also without a slow-call rule.
    public bool TryBegin(CallStart start) => TryStart(EpochOf(start.Timestamp(_isCoarse)));

    /// <summary>Counts the call again after a pause, without another start.</summary>
    /// <returns><see langword="false"/> if the epoch is not open. The caller opens it, reads the clock and tries again.</returns>
    public bool TryResume(CallStart start) => TryAdd(EpochOf(start.Timestamp(_isCoarse)), 1);

    /// <summary>Counts the end of a call.</summary>
    /// <returns>
    /// <see langword="true"/> if the call was overdue when the circuit counted a would-trip. Its result is then stale, as it would
    /// be if the circuit had opened.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool End(CallStart start)
    {
        var epoch = EpochOf(start.Timestamp(_isCoarse));
        return !TryAdd(epoch, -1) && EndSwept(epoch);
    }

    /// <summary>Opens the current epoch, and sweeps those whose calls are all overdue.</summary>
    /// <param name="wouldTrips">The number of would-trips before this phase object.</param>
    /// <returns>Whether more calls are overdue than before, so that the caller evaluates the rule.</returns>
    public bool Open(long wouldTrips)
    {
        // Read before the clock: only a clock that went back is earlier.
        var newest = Newest;
        var now = Clock.Now;
        var epoch = EpochOf(now);
        var due = epoch + Epochs.UntilOverdue(0);
        int? schedule = null;
        bool areMore;
        lock (this)
        {
            SpendAt(wouldTrips);
            if (epoch < Newest)
            {
                if (epoch >= newest)
                {
                    // This thread was delayed, and another one has opened a later epoch.
                    return false;
                }

                // The clock went back.
                Sweep(Newest);
            }

            areMore = Advance(epoch);
            OpenEpoch(epoch);
            if (_swept?[epoch] is > 0 and var calls && !_swept.AreSpent(epoch))
            {
                // The timer closed the epoch. Its calls end in its counter again.
                TryAddInLock(epoch, calls);
                _swept.Add(epoch, -calls);
            }

            if (!_isScheduled)
            {
                due = Math.Min(due, _swept?.NextOverdue() ?? due);
                (_isScheduled, schedule) = (true, ++_schedule);
            }
        }

        if (schedule is { } number)
        {
            Schedule(number, now, due);
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
            SpendAt(wouldTrips);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long EpochOf(long timestamp) => (long)Math.BigMul((ulong)Math.Max(timestamp, 0), _reciprocal, out _);

    /// <summary>Ends a call whose epoch has been swept, or is not open in a new stripe.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EndSwept(long epoch)
    {
        var current = _machine.Phase;
        lock (this)
        {
            if (TryAddInLock(epoch, -1))
            {
                return false;
            }

            if (_swept?.FirstFrom(epoch) is not { } started)
            {
                Remove(epoch, 1);
                return false;
            }

            SpendAt(ReferenceEquals(current.InFlight, this) ? current.History.WouldTrips : 0);
            _swept.Add(started, -1);
            return _swept.AreSpent(started);
        }
    }

    protected override void OnStartedInClosedEpoch()
    {
        if (Open(wouldTrips: 0))
        {
            EvaluateOverdue();
        }
    }

    private void EvaluateOverdue()
    {
        if (_machine.Phase is ClosedPhase phase && ReferenceEquals(phase.InFlight, this))
        {
            phase.EvaluateOverdue();
        }
    }

    /// <summary>Notes the number of would-trips so far. A caller that holds an older object of the phase knows fewer.</summary>
    private void SpendAt(long wouldTrips)
    {
        _wouldTrips = Math.Max(_wouldTrips, wouldTrips);
        _swept?.Spend(_wouldTrips);
    }

    /// <summary>Sweeps the epochs whose calls are all overdue, and counts the overdue calls.</summary>
    private bool Advance(long epoch)
    {
        Sweep(Math.Min(Newest, epoch - Epochs.UntilOverdue(0)));
        return _swept?.Advance(epoch) == true;
    }

    /// <summary>Moves the calls in flight of the open epochs up to a last one to the list.</summary>
    private void Sweep(long last)
    {
        for (var epoch = Newest - MostOpen + 1; epoch <= last; epoch++)
        {
            var calls = CloseEpoch(epoch);
            Keep(epoch, calls);
            Remove(epoch, -calls);
        }
    }

    private void Keep(long epoch, long calls)
    {
        if (calls > 0)
        {
            (_swept ??= new(Epochs, advancedTo: epoch, _wouldTrips)).Add(epoch, calls);
        }
    }

    /// <summary>Removes calls that were delayed while they started, so that they were added to later epochs.</summary>
    private void Remove(long epoch, long calls)
    {
        while (calls > 0 && _swept?.FirstFrom(epoch) is { } started)
        {
            var removed = Math.Min(calls, _swept[started]);
            _swept.Add(started, -removed);
            calls -= removed;
        }

        if (calls > 0 && !TryAddFrom(epoch + 1, -calls))
        {
            Keep(Newest, TakeStarts() - calls);
        }
    }
}
