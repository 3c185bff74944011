namespace Fluxgate;

/// <summary>Reads all that the dashboard shows of one circuit or group.</summary>
internal static class DetailReader
{
    private const int MostWorst = 50;

    /// <summary>Reads what is at an address; <see langword="null"/> if there is nothing.</summary>
    /// <param name="source">The circuits.</param>
    /// <param name="address">The address.</param>
    /// <param name="history">The history of a circuit of its own, if the dashboard has one.</param>
    public static CircuitDetail? Read(CircuitSource source, CircuitAddress address, IReadOnlyList<RecordedTransition> history) =>
        address.IsGroup
            ? source.TryFindGroup(address, out var group)
                ? Of(group, source.ConfigurationErrorOf(group.Name))
                : null
            : source.TryFind(address, out var breaker)
                ? Of(breaker, source.ConfigurationErrorOf(breaker.GroupName ?? breaker.Name), history)
                : null;

    /// <summary>Reads the row of a circuit.</summary>
    public static CircuitRow RowOf(CircuitSource source, FluxgateBreaker breaker)
    {
        var now = breaker.Snapshot();
        return RowReader.Of(now, now.Evaluate(), breaker.Warnings.Count, source.ConfigurationErrorOf(breaker.GroupName ?? breaker.Name));
    }

    private static CircuitDetail Of(FluxgateBreaker breaker, string? configurationError, IReadOnlyList<RecordedTransition> history)
    {
        var (now, settings) = (breaker.Snapshot(), breaker.CopySettings());
        var evaluation = now.Evaluate();
        return new()
        {
            Circuit = RowReader.Of(now, evaluation, breaker.Warnings.Count, configurationError),
            Rule = EvaluationView.Of(evaluation),
            Window = new(now.WindowRequests, now.WindowFailures, now.FailureRate, now.ConsecutiveFailures, now.ConsecutiveSuccesses),
            Probes =
                now.State == BreakerState.HalfOpen
                    ? new(
                        now.HalfOpenInFlight,
                        now.WindowRequests,
                        now.WindowRequests - now.WindowFailures,
                        RuleText.Duration(settings.ProbeLease),
                        TextOf(settings.Permit),
                        TextOf(settings.Recovery)
                    )
                    : null,
            Settings = SettingsOf(settings),
            Warnings = breaker.Warnings,
            Totals = TotalsOf(now),
            Durations = HistogramsOf(now),
            Transitions = [.. history.Reverse()],
        };
    }

    private static CircuitDetail Of(BreakerGroup group, string? configurationError)
    {
        var (now, options, settings) = (group.Snapshot(MostWorst), group.Options, group.Shared.CopySettings());
        var warnings = group.Shared.Warnings;
        return new()
        {
            Circuit = RowReader.Of(now, warnings.Count, configurationError) with
            {
                Worst = [.. now.Worst.Select(circuit => RowReader.Of(circuit, circuit.Evaluate()))],
            },
            Settings =
            [
                .. SettingsOf(settings),
                new("MaxBreakers", RuleText.Number(options.MaxBreakers)),
                new("IdleTimeout", RuleText.Duration(options.IdleTimeout)),
                new("MaxOpenRatio", options.MaxOpenRatio is { } ratio ? RuleText.Ratio(ratio) : "none"),
            ],
            Warnings = warnings,
            Totals =
            [
                new("Circuits", now.Count),
                new("Evicted circuits", now.Evicted),
                new("Requests", now.Requests),
                new("Successes", now.Successes),
                new("Failures", now.Failures),
                new("Ignored", now.Ignored),
                new("Rejected", now.Rejected),
                new("In flight", now.InFlight),
                new("Would trip", now.WouldTrips),
                new("Transitions", now.SignalCount),
            ],
            Durations = HistogramsOf(now.Shared),
            Transitions = [],
            Shared = RowReader.Of(now.Shared, now.Shared.Evaluate()),
        };
    }

    private static NamedText[] SettingsOf(FluxgateBreakerSettings settings) =>
        [
            new("Tripper", TextOf(settings.Tripper)),
            new("Window", TextOf(settings.Window)),
            new("BreakDuration", TextOf(settings.BreakDuration)),
            new("Permit", TextOf(settings.Permit)),
            new("Recovery", TextOf(settings.Recovery)),
            new("ProbeLease", RuleText.Duration(settings.ProbeLease)),
            new(
                "AbandonedAfter",
                settings.AbandonedAfter == Timeout.InfiniteTimeSpan ? "never" : RuleText.Duration(settings.AbandonedAfter)
            ),
            new("ProbeWithoutTraffic", settings.ProbeWithoutTraffic ? "true" : "false"),
        ];

    private static NamedNumber[] TotalsOf(BreakerSnapshot now) =>
        [
            new("Requests", now.Requests),
            new("Successes", now.Successes),
            new("Failures", now.Failures),
            new("Ignored", now.Ignored),
            new("Abandoned, counted as failures", now.AbandonedFailures),
            new("Abandoned, ignored", now.AbandonedIgnored),
            new("Stale results", now.Stale),
            new("Rejected", now.Rejected),
            new("In flight", now.InFlight),
            .. now.SlowCalls.Select(slow => new NamedNumber($"Slow, {RuleText.Duration(slow.Threshold)} or longer", slow.Total)),
            new("Re-opened", now.Reopens),
            new("Would trip", now.WouldTrips),
            new("Transitions", now.SignalCount),
            new("Signals dropped", now.SignalsDropped),
            .. Enum.GetValues<UserErrorSource>()
                .Where(source => now.UserErrors(source) > 0)
                .Select(source => new NamedNumber($"Errors in user code: {source}", now.UserErrors(source))),
        ];

    private static HistogramView[] HistogramsOf(BreakerSnapshot now) =>
        [
            .. now.Durations()
                .Where(measured => measured.Durations.Count > 0)
                .Select(measured => new HistogramView(
                    measured.State.ToLabel(),
                    measured.Durations.Buckets.Seconds,
                    measured.Durations.Counts,
                    measured.Durations.Sum.TotalSeconds / measured.Durations.Count
                )),
        ];

    /// <summary>Returns the text of a part, which may be a user's and throw.</summary>
    private static string TextOf(object part)
    {
        try
        {
            return part.ToString() ?? part.GetType().Name;
        }
        catch (Exception)
        {
            return part.GetType().Name;
        }
    }
}
