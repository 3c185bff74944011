namespace Fluxgate;

/// <summary>
/// The validated settings of a breaker and the values derived from them. Immutable. Breakers with the same settings share it.
/// </summary>
internal sealed class Rules
{
    // About 3 and about 60 of the longest steps of the coarse clock.
    private static readonly TimeSpan FinestCoarseBucket = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestCoarseThreshold = TimeSpan.FromSeconds(1);

    private List<Exception>? _errors;
    private Epochs? _epochs;

    public Rules(
        Window window,
        Tripper tripper,
        BreakDuration breakDuration,
        Permit permit,
        Recovery recovery,
        TimeSpan lease,
        bool probeWithoutTraffic,
        Func<ProbeGateContext, TimeSpan?>? probeGate,
        Func<double>? randomizer,
        TimeSpan abandonedAfter,
        IReadOnlyList<string> warnings
    )
    {
        (Window, Tripper, BreakDuration, Permit, Recovery) = (window, tripper, breakDuration, permit, recovery);
        (Lease, ProbeWithoutTraffic, ProbeGate, Randomizer, Warnings) = (lease, probeWithoutTraffic, probeGate, randomizer, warnings);
        AbandonedAfter = abandonedAfter;
        RandomSource = randomizer is null ? RandomSource.Shared : new(randomizer);

        Tripper[] leaves = [.. Tripper.Leaves];
        SlowThresholds = new(leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>());
        NeedsDurations = leaves.Any(leaf => leaf.NeedsDurations);
        AllowsCoarseClock =
            !NeedsDurations && SlowThresholds.Shortest >= ShortestCoarseThreshold && Window.Resolution >= FinestCoarseBucket;
        WindowCapacity = Window.Capacity ?? long.MaxValue;
        EvaluatesEveryCall = Tripper.EvaluatesEveryCall;
        LeastStreak = Tripper.LeastStreak;
        RecoveryDelay = Permit.RecoveryDelay;
        MostInFlight = Permit.MostInFlight;
        ProbeLimit = Recovery.ProbeLimit;
        TripperText = Try(Tripper.ToString) ?? Tripper.GetType().Name;
        Thresholds = ThresholdsOf(leaves);
    }

    public Window Window { get; }

    /// <summary>Gets the most calls that the window can contain; <see cref="long.MaxValue"/> for no limit. It is read once, because the property of a user's window may throw or hang.</summary>
    public long WindowCapacity { get; }

    public Tripper Tripper { get; }

    public BreakDuration BreakDuration { get; }

    public Permit Permit { get; }

    public Recovery Recovery { get; }

    /// <summary>Gets the longest duration of a probe.</summary>
    public TimeSpan Lease { get; }

    public bool ProbeWithoutTraffic { get; }

    /// <summary>Gets the function that can postpone the end of a break; <see langword="null"/> if there is none.</summary>
    public Func<ProbeGateContext, TimeSpan?>? ProbeGate { get; }

    /// <summary>Gets how long an abandoned call must have waited to be a failure; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan AbandonedAfter { get; }

    /// <summary>Gets <see cref="AbandonedAfter"/> in ticks of 100 ns; <see cref="long.MaxValue"/> for never.</summary>
    public long AbandonedAfterTicks => AbandonedAfter == Timeout.InfiniteTimeSpan ? long.MaxValue : AbandonedAfter.Ticks;

    /// <summary>Gets the source of random numbers that the user configured; <see langword="null"/> for the shared source.</summary>
    public Func<double>? Randomizer { get; }

    public RandomSource RandomSource { get; }

    /// <summary>Gets the warnings about settings that are allowed but are probably a mistake.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// Gets the exceptions that a user's tripper threw when its text and its thresholds were read. Each breaker reports them once.
    /// </summary>
    public IReadOnlyList<Exception> Errors => _errors ?? [];

    public SlowThresholds SlowThresholds { get; }

    /// <summary>Gets a value that indicates whether a leaf needs the mean duration.</summary>
    public bool NeedsDurations { get; }

    /// <summary>
    /// Gets a value that indicates whether the coarse clock is precise enough for all durations that a closed circuit measures.
    /// </summary>
    public bool AllowsCoarseClock { get; }

    public bool EvaluatesEveryCall { get; }

    public long LeastStreak { get; }

    /// <summary>Gets how long a ramp delays recovery in each half-open phase.</summary>
    public TimeSpan RecoveryDelay { get; }

    /// <summary>Gets the limit of <c>MaxConcurrent</c> on probes in flight; <see langword="null"/> if there is none.</summary>
    public int? MostInFlight { get; }

    /// <summary>
    /// Gets the number n of rule 4: half-open ends after n recorded probes without a success, or after n ignored probes in a row.
    /// </summary>
    public int? ProbeLimit { get; }

    /// <summary>Gets the text of the rule for snapshots. It is created once, because the text of a user's rule may throw or hang.</summary>
    public string TripperText { get; }

    /// <summary>Gets the thresholds of the leaves. They are read once, because a user's leaf may throw or hang.</summary>
    public IReadOnlyList<RuleThreshold> Thresholds { get; }

    /// <summary>
    /// Returns the differences from other rules, one line for each setting: <c>Tripper: FailureStreak(5) -> FailureStreak(3)</c>.
    /// </summary>
    public IReadOnlyList<string> ChangesFrom(Rules other)
    {
        var changes = new List<string>();
        Compare(nameof(Window), other.Window, Window);
        Compare(nameof(Tripper), other.Tripper, Tripper);
        Compare(nameof(BreakDuration), other.BreakDuration, BreakDuration);
        Compare(nameof(Permit), other.Permit, Permit);
        Compare(nameof(Recovery), other.Recovery, Recovery);
        CompareTexts("ProbeLease", RuleText.Duration(other.Lease), RuleText.Duration(Lease));
        CompareTexts(nameof(ProbeWithoutTraffic), other.ProbeWithoutTraffic.ToString(), ProbeWithoutTraffic.ToString());
        CompareTexts(nameof(AbandonedAfter), TextOf(other.AbandonedAfter), TextOf(AbandonedAfter));
        CompareCode(nameof(ProbeGate), other.ProbeGate, ProbeGate);
        CompareCode(nameof(Randomizer), other.Randomizer, Randomizer);
        return changes;

        void Compare(string setting, object before, object now)
        {
            if (!AreSame(before, now))
            {
                changes.Add($"{setting}: {UserCode.TextOf(before)} -> {UserCode.TextOf(now)}");
            }
        }

        void CompareTexts(string setting, string before, string now)
        {
            if (before != now)
            {
                changes.Add($"{setting}: {before} -> {now}");
            }
        }

        void CompareCode(string setting, Delegate? before, Delegate? now)
        {
            if (!Equals(before, now))
            {
                changes.Add($"{setting}: replaced");
            }
        }
    }

    /// <summary>Returns whether a break drawn under other rules keeps its duration under these.</summary>
    public bool KeepsBreakOf(Rules other) => AreSame(other.BreakDuration, BreakDuration);

    /// <summary>
    /// Returns whether two parts are the same: their texts are equal, and each leaf that a user wrote is the same object in both.
    /// </summary>
    public static bool AreSame(object before, object now)
    {
        if (ReferenceEquals(before, now))
        {
            return true;
        }

        // The text of a built-in leaf describes it completely. The text of a user's leaf may not, and its Equals may throw or hang.
        var (old, leaves) = (LeavesOf(before), LeavesOf(now));
        return UserCode.TextOf(before) == UserCode.TextOf(now)
            && old.Length == leaves.Length
            && old.Zip(leaves)
                .All(pair => ReferenceEquals(pair.First, pair.Second) || (Tripper.IsBuiltIn(pair.First) && Tripper.IsBuiltIn(pair.Second)));

        static object[] LeavesOf(object part) =>
            part switch
            {
                Tripper tripper => [.. tripper.Leaves],
                Permit permit => [.. permit.Leaves],
                Recovery recovery => [.. recovery.Leaves],
                _ => [part],
            };
    }

    /// <summary>Returns the epochs of the slow thresholds on a clock. Breakers on clocks of one frequency share them.</summary>
    public Epochs EpochsOn(Clock clock) =>
        Volatile.Read(ref _epochs) is { } epochs && epochs.Frequency == clock.Frequency ? epochs : _epochs = new(SlowThresholds, clock);

    /// <summary>Returns the ledger of a phase. A reconfigured phase with the same window keeps its ledger.</summary>
    public Ledger LedgerAfter(Phase? continued) =>
        continued is not null && KeepsWindowOf(continued.Rules) ? continued.Ledger : new(SlowThresholds, NeedsDurations);

    /// <summary>Returns whether a window that was filled under other rules contains the data that these rules need.</summary>
    public bool KeepsWindowOf(Rules other) =>
        Window.IsEquivalentTo(other.Window)
        && SlowThresholds.IsEquivalentTo(other.SlowThresholds)
        && NeedsDurations == other.NeedsDurations;

    private RuleThreshold[] ThresholdsOf(IEnumerable<Tripper> leaves)
    {
        var thresholds = new List<RuleThreshold>();
        foreach (var kind in leaves.GroupBy(leaf => leaf.Kind, StringComparer.Ordinal))
        {
            var number = 0;
            foreach (var leaf in kind)
            {
                number++;
                if (Try(() => leaf.Threshold) is { } value)
                {
                    thresholds.Add(new(number == 1 ? kind.Key : $"{kind.Key}#{RuleText.Number(number)}", value));
                }
            }
        }

        return [.. thresholds];
    }

    private static string TextOf(TimeSpan abandonedAfter) =>
        abandonedAfter == Timeout.InfiniteTimeSpan ? "never" : RuleText.Duration(abandonedAfter);

    private T? Try<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
        {
            (_errors ??= []).Add(error);
            return default;
        }
    }
}
