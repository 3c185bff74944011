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
    private readonly long[] _words = new long[Ledger.Slow];
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

            _words[Ledger.WordOf(verdict)]++;
            if (verdict != Verdict.Ignored && phase.Ledger.IsMeasured)
            {
                AddMeasured(phase.Ledger, phase.Ledger.SlowThresholds.Call(verdict == Verdict.Failure, durationTicks));
            }
        }
    }

    /// <summary>Takes what a ledger could not, since it was sealed between a call's count and its duration.</summary>
    public void AddLost(Ledger ledger, in Tally lost)
    {
        lock (_gate)
        {
            AddMeasured(ledger, lost);
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

    /// <summary>The totals up to this moment, those of the current phase included.</summary>
    public TotalsReading Read(Timeline timeline)
    {
        lock (_gate)
        {
            var moment = timeline.Current;
            var phase = moment.Phase;
            FoldBefore(phase);
            var ledger = phase.Ledger;

            // Settled before started: what settles meanwhile cannot make the calls in flight negative.
            var successes = _words[Ledger.Successes] + ledger.Own(Ledger.Successes);
            var failures = _words[Ledger.Failures] + ledger.Own(Ledger.Failures);
            var ignored = _words[Ledger.Ignored] + ledger.Own(Ledger.Ignored);
            var started = _words[Ledger.Started] + ledger.Own(Ledger.Started);
            return new(phase, started, successes, failures, ignored, _stale, RejectedUpTo(phase), SlowUpTo(ledger), _dropped);
        }
    }

    /// <summary>Rejections by state, those of the current phase included.</summary>
    private long[] RejectedUpTo(Phase phase)
    {
        var own = phase.Ledger.Own(Ledger.Rejected);
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
        Span<long> words = stackalloc long[before.Ledger.Words];
        before.Ledger.Seal(words);
        for (var word = 0; word < Ledger.Slow; word++)
        {
            _words[word] += words[word];
        }

        _rejected[(int)before.State] += words[Ledger.Rejected];
        for (var i = 0; i < before.Ledger.SlowThresholds.Count; i++)
        {
            CountSlow(before.Ledger.SlowThresholds[i], words[Ledger.Slow + i]);
        }

        _slow?.Keep(phase.Ledger.SlowThresholds);
        phase.Ledger.Freeze();
        phase.Unfolded = null;
    }

    private void AddMeasured(Ledger ledger, in Tally call)
    {
        _words[Ledger.Duration] += call.DurationTicks;
        for (var i = 0; i < ledger.SlowThresholds.Count; i++)
        {
            CountSlow(ledger.SlowThresholds[i], call.Slow(i));
        }
    }

    private void CountSlow(TimeSpan threshold, long count) => (_slow ??= new()).Add(threshold, count);
}
