namespace Fluxgate;

/// <summary>
/// The counts of all phases of a breaker. Phases that have ended are added to them, and results that arrive after their phase are added
/// directly, so that no count is lost.
/// </summary>
/// <remarks>One lock guards arithmetic. It is taken for transitions, stale results and snapshots, and never on the closed path.</remarks>
internal sealed class Totals
{
    private static readonly long[] NoneRejected = new long[History.States];

    // The counters of a ledger up to its rejections, followed by the rejections by state. Allocated when the first phase ends.
    private long[]? _folded;
    private SlowTotals? _slow;

    // Of a circuit that its group has retired: the totals that count instead of these.
    private Totals? _heir;
    private long _stale;
    private long _dropped;
    private long _abandonedFailures;
    private long _abandonedIgnored;

    private long[] Folded => _folded ??= new long[Ledger.Rejected + History.States];

    /// <summary>Seals the phases before the current one and adds their counts to the totals. The first thread does this for all.</summary>
    public void Fold(Phase current)
    {
        lock (this)
        {
            FoldBefore(current);
        }
    }

    /// <summary>Adds a verdict whose phase has ended. If the expired lease was already counted, only the stale count increases.</summary>
    public void AddStale(Phase phase, Verdict verdict, long durationTicks, bool counted)
    {
        lock (this)
        {
            if (_heir is not null)
            {
                _heir.AddStale(phase, verdict, durationTicks, counted);
                return;
            }

            _stale++;
            if (counted)
            {
                return;
            }

            Count(phase.Ledger.SlowThresholds, verdict, durationTicks);
        }
    }

    /// <summary>Adds slow thresholds that a call reached and its ledger could not count because it was sealed.</summary>
    /// <param name="thresholds">The thresholds of the ledger.</param>
    /// <param name="reached">One bit for each threshold.</param>
    public void AddSlow(SlowThresholds thresholds, int reached)
    {
        lock (this)
        {
            if (_heir is not null)
            {
                _heir.AddSlow(thresholds, reached);
                return;
            }

            CountSlow(thresholds, reached);
        }
    }

    public void AddRejected(BreakerState state)
    {
        lock (this)
        {
            if (_heir is not null)
            {
                _heir.AddRejected(state);
                return;
            }

            Folded[Ledger.Rejected + (int)state]++;
        }
    }

    /// <summary>Counts the start of a call that no ledger counts.</summary>
    public void AddStarted()
    {
        lock (this)
        {
            Folded[Ledger.Started]++;
        }
    }

    /// <summary>Counts the verdict on a call whose start <see cref="AddStarted"/> counted.</summary>
    public void AddNested(SlowThresholds thresholds, Verdict verdict, long durationTicks)
    {
        lock (this)
        {
            Count(thresholds, verdict, durationTicks);
        }
    }

    /// <summary>Counts a call that its caller abandoned, by its verdict.</summary>
    public void AddAbandoned(Verdict verdict)
    {
        lock (this)
        {
            if (_heir is not null)
            {
                _heir.AddAbandoned(verdict);
            }
            else if (verdict == Verdict.Failure)
            {
                _abandonedFailures++;
            }
            else
            {
                _abandonedIgnored++;
            }
        }
    }

    public void AddDropped()
    {
        lock (this)
        {
            if (_heir is not null)
            {
                _heir.AddDropped();
                return;
            }

            _dropped++;
        }
    }

    /// <summary>Reads the totals if a phase is the current one.</summary>
    /// <returns><see langword="false"/> if the phase is no longer the current one.</returns>
    public bool TryRead(Timeline timeline, Phase phase, out TotalsReading totals)
    {
        lock (this)
        {
            totals = default;
            if (!ReferenceEquals(timeline.Phase, phase))
            {
                return false;
            }

            totals = Read(phase);
            return true;
        }
    }

    /// <summary>Ends the counting of a circuit that has been evicted, unless calls are in flight.</summary>
    /// <param name="last">The last phase of the circuit.</param>
    /// <param name="heir">The totals that count from then on.</param>
    /// <param name="retireErrors">Ends the counting of the errors.</param>
    /// <param name="totals">The final totals.</param>
    public bool TryRetire(Phase last, Totals heir, Action retireErrors, out TotalsReading totals)
    {
        lock (this)
        {
            totals = Read(last);
            if (totals.InFlight > 0)
            {
                return false;
            }

            _heir = heir;
            retireErrors();
            return true;
        }
    }

    /// <summary>Reads the totals of ended phases. There is no current one.</summary>
    public TotalsReading ReadFolded()
    {
        lock (this)
        {
            return new(
                Phase: null!,
                Folded[Ledger.Started],
                Folded[Ledger.Successes],
                Folded[Ledger.Failures],
                Folded[Ledger.Ignored],
                ProbesInFlight: 0,
                _stale,
                Folded[Ledger.Rejected..],
                _slow?.Read() ?? [],
                _dropped,
                _abandonedFailures,
                _abandonedIgnored
            );
        }
    }

    private TotalsReading Read(Phase phase)
    {
        FoldBefore(phase);
        var ledger = phase.Ledger;

        // In this order, calls that settle meanwhile cannot make the calls in flight negative, or fewer than the probes in flight.
        var successes = SumOf(ledger, Ledger.Successes);
        var failures = SumOf(ledger, Ledger.Failures);
        var ignored = SumOf(ledger, Ledger.Ignored);
        var probes = phase.ProbesInFlight;
        var started = SumOf(ledger, Ledger.Started);
        return new(
            phase,
            started,
            successes,
            failures,
            ignored,
            probes,
            _stale,
            RejectedUpTo(phase),
            SlowUpTo(ledger),
            _dropped,
            _abandonedFailures,
            _abandonedIgnored
        );
    }

    /// <summary>Returns the rejections by state, including those of the current phase.</summary>
    private long[] RejectedUpTo(Phase phase)
    {
        var own = phase.Ledger.Sum(Ledger.Rejected);
        var before = _folded.AsSpan(_folded is null ? 0 : Ledger.Rejected);
        if (own == 0 && !before.ContainsAnyExcept(0L))
        {
            return NoneRejected;
        }

        var rejected = new long[History.States];
        before.CopyTo(rejected);
        rejected[(int)phase.State] += own;
        return rejected;
    }

    private long SumOf(Ledger ledger, int counter) => (_folded is null ? 0 : _folded[counter]) + ledger.Sum(counter);

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
            Folded[word] += words[word];
        }

        Folded[Ledger.Rejected + (int)before.State] += words[Ledger.Rejected];
        for (var i = 0; i < before.Ledger.SlowThresholds.Count; i++)
        {
            CountSlow(before.Ledger.SlowThresholds[i], words[Ledger.Slow + i]);
        }

        _slow?.Keep(phase.Ledger.SlowThresholds);
    }

    private void Count(SlowThresholds thresholds, Verdict verdict, long durationTicks)
    {
        Folded[Ledger.CounterOf(verdict)]++;
        if (verdict != Verdict.Ignored)
        {
            CountSlow(thresholds, (1 << thresholds.Reached(durationTicks)) - 1);
        }
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

/// <summary>The totals at one moment, and the phase that was current then.</summary>
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
    long Dropped,
    long AbandonedFailures,
    long AbandonedIgnored
)
{
    public long InFlight => Started - Successes - Failures - Ignored;
}
