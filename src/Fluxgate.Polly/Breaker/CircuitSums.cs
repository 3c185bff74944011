namespace Fluxgate;

/// <summary>The sums of the counts of several circuits. Not thread-safe.</summary>
internal sealed class CircuitSums
{
    private readonly long[] _transitions = new long[History.States * History.States];
    private readonly long[] _rejected = new long[History.States];
    private readonly long[] _userErrors = new long[UserCode.Sources];
    private readonly SortedDictionary<TimeSpan, (long Total, long? Overdue)> _slow = [];
    private readonly List<TimeSpan> _recentSlow = [];
    private long _signals;
    private long _wouldTrips;

    public long Started { get; private set; }

    public long Successes { get; private set; }

    public long Failures { get; private set; }

    public long Ignored { get; private set; }

    public long Stale { get; private set; }

    public long AbandonedFailures { get; private set; }

    public long AbandonedIgnored { get; private set; }

    public long Dropped { get; private set; }

    public int HalfOpenInFlight { get; private set; }

    /// <summary>Gets the age of the oldest call in flight of all circuits.</summary>
    public TimeSpan? OldestInFlight { get; private set; }

    /// <summary>Adds the counts of a circuit.</summary>
    /// <param name="totals">The totals of the circuit.</param>
    /// <param name="phase">The current phase of the circuit; <see langword="null"/> if it has none.</param>
    /// <param name="inFlight">Whether to add its calls in flight that are overdue. Not for a circuit that has ended.</param>
    public void Add(in TotalsReading totals, Phase? phase, bool inFlight = true)
    {
        Started += totals.Started;
        Successes += totals.Successes;
        Failures += totals.Failures;
        Ignored += totals.Ignored;
        Stale += totals.Stale;
        AbandonedFailures += totals.AbandonedFailures;
        AbandonedIgnored += totals.AbandonedIgnored;
        Dropped += totals.Dropped;
        HalfOpenInFlight += totals.ProbesInFlight;
        Add(_rejected, totals.Rejected);
        Add(_userErrors, totals.UserErrors);
        if (totals.Slow.Length > 0)
        {
            AddSlow(totals.Slow, phase?.Rules.SlowThresholds, inFlight ? phase?.ReadInFlight() ?? default : default);
        }

        if (phase is not null)
        {
            Add(phase.History);
        }
    }

    private void Add(History history)
    {
        _signals += history.Signals;
        _wouldTrips += history.WouldTrips;
        if (history.Signals > 0)
        {
            Add(_transitions, history.AllTransitions);
        }
    }

    /// <summary>Adds other sums.</summary>
    public void Add(CircuitSums other)
    {
        Started += other.Started;
        Successes += other.Successes;
        Failures += other.Failures;
        Ignored += other.Ignored;
        Stale += other.Stale;
        AbandonedFailures += other.AbandonedFailures;
        AbandonedIgnored += other.AbandonedIgnored;
        Dropped += other.Dropped;
        _signals += other._signals;
        _wouldTrips += other._wouldTrips;
        Add(_transitions, other._transitions);
        Add(_rejected, other._rejected);
        Add(_userErrors, other._userErrors);
        foreach (var (threshold, counts) in other._slow)
        {
            AddSlow(threshold, counts.Total, counts.Overdue);
        }
    }

    /// <summary>Marks the thresholds of the rules in force as the most recent, and drops the oldest ones beyond the limit, as <see cref="SlowTotals"/> does.</summary>
    public void KeepSlow(IReadOnlyCollection<TimeSpan> thresholds)
    {
        _recentSlow.RemoveAll(thresholds.Contains);
        _recentSlow.AddRange(thresholds);
        foreach (var old in _recentSlow.Take(Math.Max(0, _recentSlow.Count - FluxgateDefaults.MaxSlowTotals)).ToArray())
        {
            _recentSlow.Remove(old);
            _slow.Remove(old);
        }
    }

    public History ReadHistory() => new([.. _transitions], _signals, reopens: 0, _wouldTrips);

    public long[] ReadRejected() => [.. _rejected];

    public long[] ReadUserErrors() => [.. _userErrors];

    public SlowCallCount[] ReadSlowCalls() =>
        [.. _slow.Select(slow => new SlowCallCount(slow.Key, slow.Value.Total, Rate: null, slow.Value.Overdue))];

    private static void Add(long[] sums, ReadOnlySpan<long> counts)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            sums[i] += counts[i];
        }
    }

    private void AddSlow(KeyValuePair<TimeSpan, long>[] slow, SlowThresholds? thresholds, in InFlightReading inFlight)
    {
        foreach (var (threshold, total) in slow)
        {
            AddSlow(threshold, total, thresholds?.IndexOf(threshold) >= 0 ? inFlight.Overdue(threshold) : null);
        }

        OldestInFlight = inFlight.OldestAge > (OldestInFlight ?? TimeSpan.MinValue) ? inFlight.OldestAge : OldestInFlight;
    }

    private void AddSlow(TimeSpan threshold, long total, long? overdue)
    {
        var before = _slow.GetValueOrDefault(threshold);
        _slow[threshold] = (
            before.Total + total,
            before.Overdue is null && overdue is null ? null : (before.Overdue ?? 0) + (overdue ?? 0)
        );
    }
}
