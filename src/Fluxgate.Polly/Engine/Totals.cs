namespace Fluxgate;

/// <summary>
/// The counts of all phases of a breaker. Phases that have ended are added to them, and results that arrive after their phase are added
/// directly, so that no count is lost.
/// </summary>
/// <remarks>One lock guards arithmetic. It is taken for transitions, snapshots, user errors, dropped signals, and the results of stale, nested and abandoned calls.</remarks>
internal sealed class Totals
{
    // The counters: those of a ledger before its rejections, the rejections by state, the others, and the errors in user code by source.
    private const int Stale = Ledger.Rejected + History.States;
    private const int Dropped = Stale + 1;
    private const int AbandonedFailures = Dropped + 1;
    private const int AbandonedIgnored = AbandonedFailures + 1;
    private const int Errors = AbandonedIgnored + 1;

    private static readonly long[] NoneRejected = new long[History.States];
    private static readonly long[] NoErrors = new long[UserCode.Sources];

    // Allocated with the first count. Most circuits of a group never have one.
    private long[]? _counts;
    private SlowTotals? _slow;

    // The totals that replace these after the group has retired the circuit; otherwise null.
    private Totals? _successor;

    private long[] Counts => _counts ??= new long[Errors + UserCode.Sources];

    /// <summary>Seals the phases before the current one and adds their counts to the totals. The first thread does this for all.</summary>
    public void Fold(Phase current)
    {
        lock (this)
        {
            FoldBefore(current);
        }
    }

    /// <summary>Counts a rejection whose phase has ended.</summary>
    public void AddRejected(BreakerState state) => Add(Ledger.Rejected + (int)state);

    /// <summary>Counts an error in user code.</summary>
    public void AddError(UserErrorSource source) => Add(Errors + (int)source);

    /// <summary>Counts a signal that a listener did not receive.</summary>
    public void AddDropped() => Add(Dropped);

    /// <summary>Counts a call that its caller abandoned, by its verdict.</summary>
    public void AddAbandoned(Verdict verdict) => Add(verdict == Verdict.Failure ? AbandonedFailures : AbandonedIgnored);

    /// <summary>Counts the start of a call that no ledger counts.</summary>
    public void AddStarted() => Add(Ledger.Started);

    /// <summary>Counts the verdict on a call whose start <see cref="AddStarted"/> counted.</summary>
    public void AddNested(SlowThresholds thresholds, Verdict verdict, long durationTicks)
    {
        lock (this)
        {
            if (_successor is not null)
            {
                _successor.AddNested(thresholds, verdict, durationTicks);
                return;
            }

            Count(thresholds, verdict, durationTicks);
        }
    }

    /// <summary>Adds a verdict whose phase has ended. If the expired lease was already counted, only the stale count increases.</summary>
    public void AddStale(Phase phase, Verdict verdict, long durationTicks, bool counted)
    {
        lock (this)
        {
            if (_successor is not null)
            {
                _successor.AddStale(phase, verdict, durationTicks, counted);
                return;
            }

            Counts[Stale]++;
            if (!counted)
            {
                Count(phase.Ledger.SlowThresholds, verdict, durationTicks);
            }
        }
    }

    /// <summary>Adds slow thresholds that a call reached and its ledger could not count because it was sealed.</summary>
    /// <param name="thresholds">The thresholds of the ledger.</param>
    /// <param name="reached">One bit for each threshold.</param>
    public void AddSlow(SlowThresholds thresholds, int reached)
    {
        lock (this)
        {
            if (_successor is not null)
            {
                _successor.AddSlow(thresholds, reached);
                return;
            }

            CountSlow(thresholds, reached);
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
    /// <param name="successor">The totals that count from then on.</param>
    /// <param name="totals">The final totals.</param>
    public bool TryRetire(Phase last, Totals successor, out TotalsReading totals)
    {
        lock (this)
        {
            totals = Read(last);
            if (totals.InFlight > 0)
            {
                return false;
            }

            _successor = successor;
            return true;
        }
    }

    /// <summary>Reads the totals of ended phases. There is no current one.</summary>
    public TotalsReading ReadFolded()
    {
        lock (this)
        {
            return Read(phase: null);
        }
    }

    private TotalsReading Read(Phase? phase)
    {
        if (phase is not null)
        {
            FoldBefore(phase);
        }

        // In this order, calls that settle meanwhile cannot make the calls in flight negative, or fewer than the probes in flight.
        var ledger = phase?.Ledger;
        var successes = SumOf(ledger, Ledger.Successes);
        var failures = SumOf(ledger, Ledger.Failures);
        var ignored = SumOf(ledger, Ledger.Ignored);
        var probes = phase?.ProbesInFlight ?? 0;
        var started = SumOf(ledger, Ledger.Started) + (CallsOf(phase)?.Started ?? 0);
        return new(
            started,
            successes,
            failures,
            ignored,
            probes,
            CountOf(Stale),
            RejectedUpTo(phase),
            SlowUpTo(ledger),
            CountOf(Dropped),
            CountOf(AbandonedFailures),
            CountOf(AbandonedIgnored),
            _counts?[Errors..] ?? NoErrors
        );
    }

    /// <summary>Returns the rejections by state, including those of the current phase.</summary>
    private long[] RejectedUpTo(Phase? phase)
    {
        var own = phase?.Ledger.Sum(Ledger.Rejected) ?? 0;
        var before = _counts is null ? [] : _counts.AsSpan(Ledger.Rejected..Stale);
        if (own == 0 && !before.ContainsAnyExcept(0L))
        {
            return NoneRejected;
        }

        var rejected = new long[History.States];
        before.CopyTo(rejected);
        if (phase is not null)
        {
            rejected[(int)phase.State] += own;
        }

        return rejected;
    }

    // A closed phase with a slow-call rule counts the starts there instead of in its ledger.
    private static CallsInFlight? CallsOf(Phase? phase) => phase is ClosedPhase ? phase.InFlight : null;

    private long CountOf(int counter) => _counts is null ? 0 : _counts[counter];

    private long SumOf(Ledger? ledger, int counter) => CountOf(counter) + (ledger?.Sum(counter) ?? 0);

    private KeyValuePair<TimeSpan, long>[] SlowUpTo(Ledger? ledger) =>
        ledger is null or { SlowThresholds.Count: 0 } && _slow is null ? [] : (_slow ??= new()).Read(ledger);

    private void FoldBefore(Phase phase)
    {
        if (phase.Unfolded is not { } before)
        {
            return;
        }

        FoldBefore(before);
        phase.Unfolded = null;
        if (CallsOf(before) is { } calls && !ReferenceEquals(calls, CallsOf(phase)))
        {
            Counts[Ledger.Started] += calls.SealStarted();
        }

        if (ReferenceEquals(before.Ledger, phase.Ledger))
        {
            return;
        }

        Span<long> words = stackalloc long[before.Ledger.Count];
        before.Ledger.Seal(words);
        for (var word = 0; word < Ledger.Rejected; word++)
        {
            Counts[word] += words[word];
        }

        Counts[Ledger.Rejected + (int)before.State] += words[Ledger.Rejected];
        for (var i = 0; i < before.Ledger.SlowThresholds.Count; i++)
        {
            CountSlow(before.Ledger.SlowThresholds[i], words[Ledger.Slow + i]);
        }

        _slow?.Keep(phase.Ledger.SlowThresholds);
    }

    private void Add(int counter)
    {
        lock (this)
        {
            if (_successor is not null)
            {
                _successor.Add(counter);
                return;
            }

            Counts[counter]++;
        }
    }

    private void Count(SlowThresholds thresholds, Verdict verdict, long durationTicks)
    {
        Counts[Ledger.CounterOf(verdict)]++;
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
