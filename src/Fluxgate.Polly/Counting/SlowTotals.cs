namespace Fluxgate;

/// <summary>
/// The slow calls of a breaker by threshold. It keeps the current thresholds and the most recent former ones, so that a setting that is
/// restored continues its count. It drops older ones, because otherwise each reload would leave a series behind. Guarded by the
/// lock of <see cref="Totals"/>.
/// </summary>
internal sealed class SlowTotals
{
    // The most recently used thresholds are last.
    private readonly List<KeyValuePair<TimeSpan, long>> _counts = [];

    public void Add(TimeSpan threshold, long count)
    {
        if (IndexOf(threshold) is >= 0 and var index)
        {
            _counts[index] = new(threshold, _counts[index].Value + count);
        }
        else
        {
            _counts.Add(new(threshold, count));
        }
    }

    /// <summary>Marks the thresholds of the current rule as the most recent, and drops the oldest ones beyond the limit.</summary>
    public void Keep(SlowThresholds thresholds)
    {
        for (var i = 0; i < thresholds.Count; i++)
        {
            var index = IndexOf(thresholds[i]);
            var kept = index < 0 ? new(thresholds[i], 0) : _counts[index];
            if (index >= 0)
            {
                _counts.RemoveAt(index);
            }

            _counts.Add(kept);
        }

        _counts.RemoveRange(0, Math.Max(0, _counts.Count - FluxgateDefaults.MaxSlowTotals));
    }

    /// <summary>Returns all counts in ascending order of threshold, including those of the current phase.</summary>
    /// <param name="current">The ledger of the current phase; <see langword="null"/> if there is none.</param>
    public KeyValuePair<TimeSpan, long>[] Read(Ledger? current)
    {
        if (current is not null && !ContainsAll(current.SlowThresholds))
        {
            Keep(current.SlowThresholds);
        }

        var counts = new KeyValuePair<TimeSpan, long>[_counts.Count];
        for (var i = 0; i < counts.Length; i++)
        {
            var (threshold, count) = _counts[i];
            var own = current?.SlowThresholds.IndexOf(threshold) is >= 0 and var word ? current.Sum(Ledger.Slow + word) : 0;
            counts[i] = new(threshold, count + own);
        }

        if (counts.Length > 1)
        {
            Array.Sort(counts, static (one, other) => one.Key.CompareTo(other.Key));
        }

        return counts;
    }

    private bool ContainsAll(SlowThresholds thresholds)
    {
        for (var i = 0; i < thresholds.Count; i++)
        {
            if (IndexOf(thresholds[i]) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private int IndexOf(TimeSpan threshold)
    {
        for (var i = 0; i < _counts.Count; i++)
        {
            if (_counts[i].Key == threshold)
            {
                return i;
            }
        }

        return -1;
    }
}
