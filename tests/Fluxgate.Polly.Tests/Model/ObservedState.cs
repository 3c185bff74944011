using System.Globalization;

namespace Fluxgate;

/// <summary>The observable state of a breaker, in a form in which engine and reference can be compared.</summary>
internal static class ObservedState
{
    public static readonly string[] Names =
    [
        "State",
        "PhaseNumber",
        "EnteredAt",
        "NextProbeAt",
        "RetryAfter",
        "Successes",
        "Failures",
        "Ignored",
        "Requests",
        "Timed",
        "Stale",
        "AbandonedFailures",
        "AbandonedIgnored",
        "InFlight",
        "OldestInFlight",
        "HalfOpenInFlight",
        "WindowRequests",
        "WindowFailures",
        "FailureRate",
        "ConsecutiveFailures",
        "ConsecutiveSuccesses",
        "SlowCalls",
        "Reopens",
        "WouldTrips",
        "SignalCount",
        .. Enum.GetNames<BreakerState>().Select(state => $"RejectedIn({state})"),
        .. Enum.GetNames<UserErrorSource>().Select(source => $"UserErrors({source})"),
    ];

    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();
    private static readonly UserErrorSource[] Sources = Enum.GetValues<UserErrorSource>();

    public static object?[] Of(FluxgateBreaker breaker)
    {
        var now = breaker.Snapshot();
        return
        [
            breaker.State,
            now.PhaseNumber,
            now.EnteredAt,
            now.NextProbeAt,
            now.RetryAfter,
            now.Successes,
            now.Failures,
            now.Ignored,
            now.Requests,
            now.Durations().Sum(state => state.Durations.Count),
            now.Stale,
            now.AbandonedFailures,
            now.AbandonedIgnored,
            now.InFlight,
            now.OldestInFlight,
            now.HalfOpenInFlight,
            now.WindowRequests,
            now.WindowFailures,
            now.FailureRate,
            now.ConsecutiveFailures,
            now.ConsecutiveSuccesses,
            OfSlowCalls(now.SlowCalls.Select(slow => (slow.Threshold, slow.Total, slow.Rate, slow.Overdue))),
            now.Reopens,
            now.WouldTrips,
            now.SignalCount,
            .. States.Select(now.RejectedIn),
            .. Sources.Select(now.UserErrors),
        ];
    }

    public static string OfSlowCalls(IEnumerable<(TimeSpan Threshold, long Total, double? Rate, long? Overdue)> slow) =>
        string.Join("; ", slow.Select(slow => Invariant($"{slow.Total} of {slow.Threshold}, now {slow.Rate}, {slow.Overdue} overdue")));

    public static string OfFinding(string rule, double? measured, double? threshold) => Invariant($"{rule} {measured} >= {threshold}");

    public static string Of(Signal signal) =>
        Invariant(
            $"#{signal.SequenceNumber} {signal.OldState} -> {signal.NewState} at {signal.Timestamp:O} for {signal.BreakFor} because {signal.Reason.Kind} {Of(signal.Reason)}"
        );

    public static string Of(Notice notice) =>
        notice switch
        {
            WouldTripNotice wouldTrip => $"would trip because {Of(wouldTrip.Reason)} at {wouldTrip.Timestamp:O}",
            UserErrorNotice error => $"error {error.Source} at {error.Timestamp:O}",
            LeaseExceededNotice late => $"a probe with a lease of {late.Lease} succeeded after {late.Duration} at {late.Timestamp:O}",
            ReconfiguredNotice reconfigured => $"reconfigured at {reconfigured.Timestamp:O}: {string.Join("; ", reconfigured.Changes)}",
            _ => notice.ToString()!,
        };

    private static string Of(Reason reason) =>
        string.Join(", ", reason.Findings.Select(finding => OfFinding(finding.Rule, finding.Measured, finding.Threshold)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
