namespace Fluxgate;

/// <summary>Reads rows from snapshots.</summary>
internal static class RowReader
{
    /// <summary>Reads the row of a circuit.</summary>
    /// <param name="now">The snapshot.</param>
    /// <param name="evaluation">The evaluation of its own rule.</param>
    /// <param name="warnings">The number of warnings about its settings.</param>
    /// <param name="configurationError">The errors of its changed configuration.</param>
    public static CircuitRow Of(BreakerSnapshot now, RuleEvaluation evaluation, int warnings = 0, string? configurationError = null)
    {
        var (failures, slow) = (ClosestOf(evaluation, "FailureRate"), ClosestOf(evaluation, "SlowRate"));
        var kind =
            now.GroupName is null ? "circuit"
            : now.Key is null ? "shared"
            : "key";
        return new()
        {
            Id = kind == "circuit" ? $"circuit:{now.CircuitName}" : $"{kind}:{now.GroupName!.Length}:{now.GroupName}:{now.Key}",
            Kind = kind,
            Name = now.GroupName ?? now.CircuitName,
            Key = now.Key,
            State = now.State.ToLabel(),
            Since = now.EnteredAt,
            Reason = now.Reason.Text,
            NextProbe = now.NextProbeAt,
            FailureRate = Rounded(failures?.Measured),
            FailureThreshold = failures?.Threshold,
            SlowRate = Rounded(slow?.Measured),
            SlowThreshold = slow?.Threshold,
            Progress = evaluation.Progress is { } progress ? Math.Floor(progress * 10_000) / 10_000 : null,
            InFlight = now.InFlight,
            Overdue = OverdueOf(now),
            OldestInFlightSeconds = now.OldestInFlight is { } oldest ? Math.Round(oldest.TotalSeconds, 1) : null,
            Requests = now.Requests,
            Failures = now.Failures,
            Rejected = now.Rejected,
            WouldTrips = now.WouldTrips,
            Warnings = warnings,
            ConfigurationError = configurationError,
        };
    }

    /// <summary>Reads the row of a group.</summary>
    /// <param name="now">The snapshot.</param>
    /// <param name="warnings">The number of warnings about its settings.</param>
    /// <param name="configurationError">The errors of its changed configuration.</param>
    public static CircuitRow Of(BreakerGroupSnapshot now, int warnings, string? configurationError)
    {
        var troubled = now.Count - now.CircuitsIn(BreakerState.Closed);
        var shared =
            now.Shared.State == BreakerState.Closed
                ? ""
                : $"; the shared circuit is {now.Shared.State.ToLabel()}: {now.Shared.Reason.Text}";
        return new()
        {
            Id = $"group:{now.GroupName}",
            Kind = "group",
            Name = now.GroupName,
            State = (now.Worst.Count > 0 && troubled > 0 ? now.Worst[0] : now.Shared).State.ToLabel(),
            Reason = $"{RuleText.Number(troubled)} of {RuleText.Number(now.Count)} circuits are not closed{shared}",
            InFlight = now.InFlight,
            Requests = now.Requests,
            Failures = now.Failures,
            Rejected = now.Rejected,
            WouldTrips = now.WouldTrips,
            Warnings = warnings,
            ConfigurationError = configurationError,
            States = Enum.GetValues<BreakerState>()
                .Where(state => now.CircuitsIn(state) > 0)
                .ToDictionary(state => state.ToLabel(), now.CircuitsIn, StringComparer.Ordinal),
            Worst =
            [
                .. now.Worst.Where(circuit => circuit.State != BreakerState.Closed).Select(circuit => Of(circuit, circuit.Evaluate())),
            ],
        };
    }

    /// <summary>Returns the counts for the history of a circuit.</summary>
    public static CircuitCounts CountsOf(BreakerSnapshot now) =>
        new(
            now.State.ToLabel(),
            now.Requests,
            now.Failures,
            now.Rejected,
            now.SignalCount,
            new(now.SignalCount, now.EnteredAt, From: null, now.State.ToLabel(), now.Reason.Text, Missed: 0)
        );

    /// <summary>Returns the counts for the history of a group. Transitions of its circuits are not listed: they have no order.</summary>
    public static CircuitCounts CountsOf(BreakerGroupSnapshot now, string state) =>
        new(state, now.Requests, now.Failures, now.Rejected, now.SignalCount, Transition: null);

    private static RuleEvaluation? ClosestOf(RuleEvaluation evaluation, string kind) =>
        evaluation.Leaves.Where(leaf => leaf.Kind == kind).MaxBy(leaf => leaf.Progress);

    private static long? OverdueOf(BreakerSnapshot now) =>
        now.SlowCalls.Where(slow => slow.Overdue is not null).Select(slow => slow.Overdue).FirstOrDefault();

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 4) : null;
}
