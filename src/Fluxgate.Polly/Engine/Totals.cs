namespace Fluxgate;

/// <summary>
/// What a breaker has counted in all its phases. Belongs to the breaker and loses nothing: phases that are over are folded in, and what
/// settles after its phase is added directly.
/// </summary>
/// <remarks>One lock around arithmetic, taken at transitions, for stale results and by snapshots; never on the closed path.</remarks>
internal sealed class Totals
{
    private static readonly long[] NoneRejected = new long[History.States];

    private readonly object _gate = new();
    private readonly long[] _words = new long[Ledger.Rejected];
    private readonly long[] _rejected = new long[History.States];
    private SlowTotals? _slow;
    private long _stale;
    private long _dropped;

    /// <summary>Seals the phases before the current one and folds them in. Whoever comes first does it for all.</summary>
    public void Fold(Phase current)
    {
        lock (_gate)
        {
            FoldBefore(current);
        }
    }

    /// <summary>Takes a verdict whose phase was over, or only notes that it came when its lease was counted before.</summary>
    public void AddStale(Phase phase, Verdict verdict, long durationTicks, bool counted)
    {
        lock (_gate)
        {
            _stale++;
            if (counted)
            {
                return;
            }

            _words[Ledger.CounterOf(verdict)]++;
            if (verdict != Verdict.Ignored)
            {
                var thresholds = phase.Ledger.SlowThresholds;
                CountSlow(thresholds, (1 << thresholds.Reached(durationTicks)) - 1);
            }
        }
    }

    /// <summary>Takes the slow thresholds that a call reached and its ledger could not count, since it was sealed meanwhile.</summary>
    /// <param name="thresholds">The thresholds of the ledger.</param>
    /// <param name="reached">A bit for each threshold.</param>
    public void AddSlow(SlowThresholds thresholds, int reached)
    {
        lock (_gate)
        {
            CountSlow(thresholds, reached);
        }
    }

    public void AddRejected(BreakerState state)
    {
        lock (_gate)
        {
            _rejected[(int)state]++;
        }
    }

    public void AddDropped()
    {
        lock (_gate)
        {
            _dropped++;
        }
    }

    /// <summary>Reads the totals while a phase is the current one.</summary>
    /// <returns><see langword="false"/> when it no longer is.</returns>
    public bool TryRead(Timeline timeline, Phase phase, out TotalsReading totals)
    {
        lock (_gate)
        {
            totals = default;
            if (!ReferenceEquals(timeline.Phase, phase))
            {
                return false;
            }

            FoldBefore(phase);
            var ledger = phase.Ledger;

            // In this order, what settles meanwhile cannot make the calls in flight negative, or fewer than the probes among them.
            var successes = _words[Ledger.Successes] + ledger.Sum(Ledger.Successes);
            var failures = _words[Ledger.Failures] + ledger.Sum(Ledger.Failures);
            var ignored = _words[Ledger.Ignored] + ledger.Sum(Ledger.Ignored);
            var probes = phase.ProbesInFlight;
            var started = _words[Ledger.Started] + ledger.Sum(Ledger.Started);
            totals = new(phase, started, successes, failures, ignored, probes, _stale, RejectedUpTo(phase), SlowUpTo(ledger), _dropped);
            return true;
        }
    }

    /// <summary>Rejections by state, those of the current phase included.</summary>
    private long[] RejectedUpTo(Phase phase)
    {
        var own = phase.Ledger.Sum(Ledger.Rejected);
        if (own == 0 && !_rejected.AsSpan().ContainsAnyExcept(0L))
        {
            return NoneRejected;
        }

        long[] rejected = [.. _rejected];
        rejected[(int)phase.State] += own;
        return rejected;
    }

    private KeyValuePair<TimeSpan, long>[] SlowUpTo(Ledger ledger) =>
        _slow is null && ledger.SlowThresholds.Count == 0 ? [] : (_slow ??= new()).Read(ledger);

    private void FoldBefore(Phase phase)
    {
        if (phase.Unfolded is not { } before)
        {
            return;
        }

        FoldBefore(before);
        phase.Unfolded = null;
        if (ReferenceEquals(before.Ledger, phase.Ledger))
        {
            return;
        }

        Span<long> words = stackalloc long[before.Ledger.Count];
        before.Ledger.Seal(words);
        for (var word = 0; word < Ledger.Rejected; word++)
        {
            _words[word] += words[word];
        }

        _rejected[(int)before.State] += words[Ledger.Rejected];
        for (var i = 0; i < before.Ledger.SlowThresholds.Count; i++)
        {
            CountSlow(before.Ledger.SlowThresholds[i], words[Ledger.Slow + i]);
        }

        _slow?.Keep(phase.Ledger.SlowThresholds);
    }

    private void CountSlow(SlowThresholds thresholds, int reached)
    {
        for (var i = 0; i < thresholds.Count; i++)
        {
            if ((reached & (1 << i)) != 0)
            {
                CountSlow(thresholds[i], 1);
            }
        }
    }

    private void CountSlow(TimeSpan threshold, long count) => (_slow ??= new()).Add(threshold, count);
}

/// <summary>The totals of one moment, with the phase that was current then.</summary>
internal readonly record struct TotalsReading(
    Phase Phase,
    long Started,
    long Successes,
    long Failures,
    long Ignored,
    int ProbesInFlight,
    long Stale,
    long[] Rejected,
    KeyValuePair<TimeSpan, long>[] Slow,
    long Dropped
);
