namespace Fluxgate;

/// <summary>A breaker's settings, checked and made ready for the engine. Immutable, and used by one breaker.</summary>
internal sealed class Rules
{
    // Of some three and some sixty of the coarse clock's longest steps.
    private static readonly TimeSpan FinestCoarseBucket = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestCoarseThreshold = TimeSpan.FromSeconds(1);

    public Rules(Parts parts, Clock clock, UserCode userCode)
    {
        Parts = parts;
        LeaseUnits = clock.Units(Lease);
        RandomSource = parts.Randomizer is { } randomizer ? new(randomizer) : RandomSource.Shared;

        Tripper[] leaves = [.. Tripper.Leaves];
        SlowThresholds = new(leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>());
        NeedsDurations = leaves.Any(leaf => leaf.NeedsDurations);
        BearsCoarseTime = !NeedsDurations && SlowThresholds.Shortest >= ShortestCoarseThreshold && Window.Resolution >= FinestCoarseBucket;
        AsksEveryCall = Tripper.AsksEveryCall;
        LeastStreak = Tripper.LeastStreak;
        HoldsRecoveryFor = Permit.HoldsRecoveryFor;
        MostInFlight = Permit.MostInFlight;
        ProbeLimit = Recovery.ProbeLimit;
        TripperText = userCode.TextOf(Tripper, UserErrorSource.Tripper);
        Thresholds = ThresholdsOf(leaves, userCode);
    }

    public Parts Parts { get; }

    public Window Window => Parts.Window;

    public Tripper Tripper => Parts.Tripper;

    public BreakDuration BreakDuration => Parts.BreakDuration;

    public Permit Permit => Parts.Permit;

    public Recovery Recovery => Parts.Recovery;

    public TimeSpan Lease => Parts.ProbeLease;

    public long LeaseUnits { get; }

    public bool ProbeWithoutTraffic => Parts.ProbeWithoutTraffic;

    public RandomSource RandomSource { get; }

    public SlowThresholds SlowThresholds { get; }

    /// <summary>Whether a leaf looks at the mean duration.</summary>
    public bool NeedsDurations { get; }

    /// <summary>Whether all that a closed circuit measures is long beside a step of the coarse clock.</summary>
    public bool BearsCoarseTime { get; }

    public bool AsksEveryCall { get; }

    public long LeastStreak { get; }

    /// <summary>How long a ramp holds recovery back in each half-open phase.</summary>
    public TimeSpan HoldsRecoveryFor { get; }

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
        Compare(nameof(Parts.ProbeLease), RuleText.Duration(other.Lease), RuleText.Duration(Lease));
        Compare(nameof(ProbeWithoutTraffic), other.ProbeWithoutTraffic, ProbeWithoutTraffic);
        if (Parts.Randomizer != other.Parts.Randomizer)
        {
            changes.Add($"{nameof(Parts.Randomizer)}: replaced");
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
        Window.IsSame(other.Window) && SlowThresholds.IsSame(other.SlowThresholds) && NeedsDurations == other.NeedsDurations;

    private static RuleThreshold[] ThresholdsOf(IEnumerable<Tripper> leaves, UserCode userCode)
    {
        var thresholds = new List<RuleThreshold>();
        foreach (var kind in leaves.GroupBy(leaf => leaf.Kind, StringComparer.Ordinal))
        {
            var number = 0;
            foreach (var leaf in kind)
            {
                number++;
                if (userCode.ThresholdOf(leaf) is { } value)
                {
                    thresholds.Add(new(number == 1 ? kind.Key : $"{kind.Key}#{RuleText.Number(number)}", value));
                }
            }
        }

        return [.. thresholds];
    }
}

/// <summary>What a circuit is made of, as its settings say; checked. What is allowed but likely not meant is in the warnings.</summary>
internal sealed record Parts(
    Window Window,
    Tripper Tripper,
    BreakDuration BreakDuration,
    Permit Permit,
    Recovery Recovery,
    TimeSpan ProbeLease,
    bool ProbeWithoutTraffic,
    Func<double>? Randomizer,
    IReadOnlyList<string> Warnings
);
