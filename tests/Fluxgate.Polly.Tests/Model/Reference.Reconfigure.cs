namespace Fluxgate;

/// <content>Reconfiguration of the current phase (6).</content>
internal sealed partial class Reference
{
    private bool _isUnderNewRules;

    /// <summary>Continues with other settings, and returns the changes.</summary>
    public IReadOnlyList<string> Reconfigure(Plan plan)
    {
        var before = _plan;
        var changes = Changes(before, plan);
        _visits.Count(changes.Count == 0 ? "reconfigured to the same" : $"reconfigured in {State}");
        if (changes.Count == 0)
        {
            return changes;
        }

        (_plan, _isUnderNewRules) = (plan, true);
        NoteThresholds();
        if (State == BreakerState.Open)
        {
            ContinueBreak(before);
        }
        else if (Records)
        {
            ContinueWindow(before);
            ContinueParts(before);
            if (State != BreakerState.HalfOpen)
            {
                StartPhaseCalls(inNewPhase: false);
            }
        }

        Events.Add($"reconfigured at {Wall:O}: {string.Join("; ", changes)}");
        Wake();
        return changes;
    }

    private static List<string> Changes(Plan before, Plan now)
    {
        (string Setting, object Before, object Now)[] settings =
        [
            ("Window", before.Window, now.Window),
            ("Tripper", before.Rule, now.Rule),
            ("BreakDuration", before.Break, now.Break),
            ("Permit", before.Permit, now.Permit),
            ("Recovery", before.Recovery, now.Recovery),
            ("ProbeLease", Text(before.Lease), Text(now.Lease)),
        ];
        return
        [
            .. settings
                .Where(setting => !PartFactory.AreSame(setting.Before, setting.Now))
                .Select(setting => $"{setting.Setting}: {setting.Before} -> {setting.Now}"),
            .. ReferenceEquals(before.Gate, now.Gate) ? Array.Empty<string>() : ["ProbeGate: replaced"],
        ];

        static string Text(TimeSpan time) => time.Milliseconds == 0 ? $"{time.TotalSeconds}s" : $"{time.TotalMilliseconds}ms";
    }

    private void ContinueWindow(Plan before)
    {
        var held = _recorded.Exists(call => call.InWindow);
        if (
            PartFactory.AreSame(before.Window, _plan.Window)
            && ThresholdsOf(before.Rule).SequenceEqual(SlowThresholds)
            && NeedsMeans(before.Rule) == NeedsMeans(_plan.Rule)
        )
        {
            _visits.Count(held ? "window kept" : "empty window kept");
            return;
        }

        _visits.Count(held ? "window emptied" : "empty window replaced");
        _windowStartedAt = Now;
        for (var i = 0; i < _recorded.Count; i++)
        {
            // Streaks and probes still include it.
            _recorded[i] = _recorded[i] with
            {
                InWindow = false,
            };
        }

        _hasWindow = StartsWindow();
    }

    /// <summary>Keeps the state of an unchanged part, unless it failed to start.</summary>
    private void ContinueParts(Plan before)
    {
        _hasTripper = (_hasTripper && PartFactory.AreSame(before.Rule, _plan.Rule)) || StartsTripper();
        if (State == BreakerState.HalfOpen)
        {
            _hasPermit = (_hasPermit && PartFactory.AreSame(before.Permit, _plan.Permit)) || StartsPermit();
            _hasRecovery = (_hasRecovery && PartFactory.AreSame(before.Recovery, _plan.Recovery)) || StartsRecovery();
        }
    }

    /// <summary>Keeps the total of every threshold that was ever used.</summary>
    private void NoteThresholds()
    {
        foreach (var threshold in SlowThresholds)
        {
            _slow.TryAdd(threshold, 0);
        }
    }

    private static bool NeedsMeans(RuleSpec rule) => rule.Leaves.Any(leaf => leaf is RuleSpec.AvgLatency);

    private static IEnumerable<TimeSpan> ThresholdsOf(RuleSpec rule) =>
        rule.Leaves.OfType<RuleSpec.SlowRate>().Select(leaf => leaf.Threshold).Distinct().Order();
}
