namespace Fluxgate;

/// <summary>
/// The calls in flight whose epoch has been swept, in most cases because they are overdue, and the number of overdue ones by threshold.
/// Guarded by the lock of its <see cref="CallsInFlight"/>. Most breakers have none.
/// </summary>
/// <param name="epochs">The epochs.</param>
/// <param name="advancedTo">An epoch in which none of the calls was overdue.</param>
/// <param name="wouldTrips">The number of would-trips so far.</param>
internal sealed class SweptCalls(Epochs epochs, long advancedTo, long wouldTrips)
{
    // By the epoch in which the calls started.
    private readonly SortedList<long, long> _inFlight = [];
    private CallCounts.SlowCounts _overdue;
    private long _advancedTo = advancedTo;
    private long _wouldTrips = wouldTrips;
    private long _spentUpTo = long.MinValue;

    public IList<long> Started => _inFlight.Keys;

    public long this[long epoch] => _inFlight.GetValueOrDefault(epoch);

    /// <summary>Returns the first epoch, from a given one on, in which one of the calls started; <see langword="null"/> for none.</summary>
    public long? FirstFrom(long epoch)
    {
        if (_inFlight.ContainsKey(epoch))
        {
            return epoch;
        }

        // Rare: a call that was delayed while it started.
        var index = Started.Count;
        while (index > 0 && Started[index - 1] > epoch)
        {
            index--;
        }

        return index < Started.Count ? Started[index] : null;
    }

    /// <summary>Gets the number of calls that are overdue for the shortest threshold, and so for any.</summary>
    public long OverdueForAny => Volatile.Read(ref _overdue[0]);

    /// <summary>Adds or removes calls of an epoch.</summary>
    public void Add(long epoch, long number)
    {
        var left = this[epoch] + number;
        if (left == 0)
        {
            _inFlight.Remove(epoch);
        }
        else
        {
            _inFlight[epoch] = left;
        }

        for (var i = 0; i < epochs.Thresholds.Count; i++)
        {
            _overdue[i] += epoch > _spentUpTo && epoch + epochs.UntilOverdue(i) <= _advancedTo ? number : 0;
        }
    }

    /// <summary>Counts the calls that are overdue in an epoch.</summary>
    /// <returns>Whether there are more than before.</returns>
    public bool Advance(long epoch)
    {
        var before = _overdue;
        var areMore = false;
        for (var i = 0; i < epochs.Thresholds.Count && _inFlight.Count > 0; i++)
        {
            var (from, to) = (_advancedTo - epochs.UntilOverdue(i), epoch - epochs.UntilOverdue(i));
            for (var index = Started.Count - 1; index >= 0 && Started[index] is var started && started > from; index--)
            {
                _overdue[i] += started <= to && started > _spentUpTo ? _inFlight.GetValueAtIndex(index) : 0;
            }

            areMore |= _overdue[i] > before[i];
        }

        _advancedTo = Math.Max(_advancedTo, epoch);
        return areMore;
    }

    /// <summary>After a would-trip, leaves out the calls that were overdue at it. They are evidence only once.</summary>
    public void Spend(long wouldTrips)
    {
        if (wouldTrips > _wouldTrips)
        {
            _wouldTrips = wouldTrips;
            _spentUpTo = _advancedTo - epochs.UntilOverdue(0);
            _overdue = default;
        }
    }

    /// <summary>Returns whether the calls of an epoch were overdue at a would-trip.</summary>
    public bool AreSpent(long epoch) => epoch <= _spentUpTo;

    /// <summary>Returns the overdue calls as if each of them had just succeeded, after as long as the longest threshold that it reached.</summary>
    public CallCounts Overdue(long wouldTrips, long most)
    {
        Spend(wouldTrips);
        var overdue = wouldTrips < _wouldTrips ? default : _overdue;
        var (ticks, shorter) = (0L, 0L);
        for (var i = 0; i < epochs.Thresholds.Count; i++)
        {
            overdue[i] = Math.Min(overdue[i], most);
            var threshold = Math.Min(epochs.Thresholds[i].Ticks, Clock.LongestTicks);
            ticks += overdue[i] * (threshold - shorter);
            shorter = threshold;
        }

        return new(overdue[0], 0, ticks, overdue);
    }

    /// <summary>Returns the first epoch in which another of the calls becomes overdue for a threshold; <see langword="null"/> for none.</summary>
    public long? NextOverdue()
    {
        long? next = null;
        for (var index = Started.Count - 1; index >= 0; index--)
        {
            var latest = Started[index] + epochs.UntilOverdue(epochs.Thresholds.Count - 1);
            for (var i = 0; i < epochs.Thresholds.Count && latest > _advancedTo; i++)
            {
                var due = Started[index] + epochs.UntilOverdue(i);
                next = due > _advancedTo && !(due > next) ? due : next;
            }
        }

        return next;
    }
}
