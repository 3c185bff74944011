namespace Fluxgate;

/// <summary>
/// Slow calls by threshold: those of the rule, and the last ones that it let go, so that a setting taken back finds its count again. Older
/// ones are forgotten, or each reload would leave a series behind (trap M6). Guarded by the lock of <see cref="Totals"/>.
/// </summary>
internal sealed class SlowTotals
{
    // Those that the rule has had last at the end.
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

    /// <summary>The rule has these from now on.</summary>
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

    /// <summary>All that are kept, ascending, with what the current phase has counted.</summary>
    public KeyValuePair<TimeSpan, long>[] Read(Ledger current)
    {
        if (!Holds(current.SlowThresholds))
        {
            Keep(current.SlowThresholds);
        }

        var counts = new KeyValuePair<TimeSpan, long>[_counts.Count];
        for (var i = 0; i < counts.Length; i++)
        {
            var (threshold, count) = _counts[i];
            var own = current.SlowThresholds.IndexOf(threshold) is >= 0 and var word ? current.Sum(Ledger.Slow + word) : 0;
            counts[i] = new(threshold, count + own);
        }

        if (counts.Length > 1)
        {
            Array.Sort(counts, static (one, other) => one.Key.CompareTo(other.Key));
        }

        return counts;
    }

    private bool Holds(SlowThresholds thresholds)
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
