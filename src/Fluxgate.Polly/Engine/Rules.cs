namespace Fluxgate;

/// <summary>What a breaker decides by: its validated settings, and what follows from them. Immutable; breakers made of the same settings share it.</summary>
internal sealed class Rules
{
    // About 3 and about 60 of the coarse clock's longest steps.
    private static readonly TimeSpan FinestCoarseBucket = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestCoarseThreshold = TimeSpan.FromSeconds(1);

    private List<Exception>? _errors;

    public Rules(
        Window window,
        Tripper tripper,
        BreakDuration breakDuration,
        Permit permit,
        Recovery recovery,
        TimeSpan lease,
        bool probeWithoutTraffic,
        Func<double>? randomizer,
        IReadOnlyList<string> warnings
    )
    {
        (Window, Tripper, BreakDuration, Permit, Recovery) = (window, tripper, breakDuration, permit, recovery);
        (Lease, ProbeWithoutTraffic, Randomizer, Warnings) = (lease, probeWithoutTraffic, randomizer, warnings);
        RandomSource = randomizer is null ? RandomSource.Shared : new(randomizer);

        Tripper[] leaves = [.. Tripper.Leaves];
        SlowThresholds = new(leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>());
        NeedsDurations = leaves.Any(leaf => leaf.NeedsDurations);
        AllowsCoarseClock =
            !NeedsDurations && SlowThresholds.Shortest >= ShortestCoarseThreshold && Window.Resolution >= FinestCoarseBucket;
        EvaluatesEveryCall = Tripper.EvaluatesEveryCall;
        LeastStreak = Tripper.LeastStreak;
        RecoveryDelay = Permit.RecoveryDelay;
        MostInFlight = Permit.MostInFlight;
        ProbeLimit = Recovery.ProbeLimit;
        TripperText = Try(Tripper.ToString) ?? Tripper.GetType().Name;
        Thresholds = ThresholdsOf(leaves);
    }

    public Window Window { get; }

    public Tripper Tripper { get; }

    public BreakDuration BreakDuration { get; }

    public Permit Permit { get; }

    public Recovery Recovery { get; }

    /// <summary>Gets how long a probe may take.</summary>
    public TimeSpan Lease { get; }

    public bool ProbeWithoutTraffic { get; }

    /// <summary>Gets the user's source of random numbers; <see langword="null"/> for a shared one.</summary>
    public Func<double>? Randomizer { get; }

    public RandomSource RandomSource { get; }

    /// <summary>Gets what is allowed but probably a mistake.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Gets what a user's tripper threw when it was asked for its text and its thresholds. Each breaker reports it once.</summary>
    public IReadOnlyList<Exception> Errors => _errors ?? [];

    public SlowThresholds SlowThresholds { get; }

    /// <summary>Whether a leaf looks at the mean duration.</summary>
    public bool NeedsDurations { get; }

    /// <summary>Whether all that a closed circuit measures is long beside a step of the coarse clock.</summary>
    public bool AllowsCoarseClock { get; }

    public bool EvaluatesEveryCall { get; }

    public long LeastStreak { get; }

    /// <summary>How long a ramp holds recovery back in each half-open phase.</summary>
    public TimeSpan RecoveryDelay { get; }

    /// <summary>The bound of a <c>MaxConcurrent</c> on probes in flight.</summary>
    public int? MostInFlight { get; }

    /// <summary>n of rule 4: the number of recorded or ignored probes after which half-open ends one way or the other.</summary>
    public int? ProbeLimit { get; }

    /// <summary>The rule as snapshots show it, written once: users write rules, and their text may throw or hang.</summary>
    public string TripperText { get; }

    /// <summary>What the leaves compare with, read once for the same reason.</summary>
    public IReadOnlyList<RuleThreshold> Thresholds { get; }

    /// <summary>What differs from other rules, one line a setting: <c>Tripper: FailureStreak(5) -> FailureStreak(3)</c>.</summary>
    public IReadOnlyList<string> ChangesFrom(Rules other)
    {
        var changes = new List<string>();
        Compare(nameof(Window), other.Window, Window);
        Compare(nameof(Tripper), other.Tripper, Tripper);
        Compare(nameof(BreakDuration), other.BreakDuration, BreakDuration);
        Compare(nameof(Permit), other.Permit, Permit);
        Compare(nameof(Recovery), other.Recovery, Recovery);
        Compare("ProbeLease", RuleText.Duration(other.Lease), RuleText.Duration(Lease));
        Compare(nameof(ProbeWithoutTraffic), other.ProbeWithoutTraffic, ProbeWithoutTraffic);
        if (Randomizer != other.Randomizer)
        {
            changes.Add($"{nameof(Randomizer)}: replaced");
        }

        return changes;

        void Compare(string setting, object before, object now)
        {
            if (!AreSame(before, now))
            {
                changes.Add($"{setting}: {UserCode.TextOf(before)} -> {UserCode.TextOf(now)}");
            }
        }
    }

    /// <summary>Whether a break drawn under other rules lasts as these would have it.</summary>
    public bool KeepsBreakOf(Rules other) => AreSame(other.BreakDuration, BreakDuration);

    /// <summary>Whether two parts are the same: they read the same, and where a user wrote a leaf, it is the same object in both.</summary>
    public static bool AreSame(object before, object now)
    {
        if (Equals(before, now))
        {
            return true;
        }

        // The text of our own leaves says all that they are; of a user's leaf nobody knows.
        var (old, leaves) = (LeavesOf(before), LeavesOf(now));
        return UserCode.TextOf(before) == UserCode.TextOf(now)
            && old.Length == leaves.Length
            && old.Zip(leaves)
                .All(pair => Equals(pair.First, pair.Second) || (Tripper.IsBuiltIn(pair.First) && Tripper.IsBuiltIn(pair.Second)));

        static object[] LeavesOf(object part) =>
            part switch
            {
                Tripper tripper => [.. tripper.Leaves],
                Permit permit => [.. permit.Leaves],
                Recovery recovery => [.. recovery.Leaves],
                _ => [part],
            };
    }

    /// <summary>The ledger of a phase: that of the object before, where the phase goes on with the same window.</summary>
    public Ledger LedgerAfter(Phase? before) =>
        before is not null && KeepsWindowOf(before.Rules) ? before.Ledger : new(SlowThresholds, NeedsDurations);

    /// <summary>Whether a window filled under other rules holds what these ask for.</summary>
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

    private T? Try<T>(Func<T?> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception error)
        {
            (_errors ??= []).Add(error);
            return default;
        }
    }
}
