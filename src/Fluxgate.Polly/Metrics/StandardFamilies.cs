namespace Fluxgate;

/// <summary>The standard families of every breaker. To add a family, add an entry here.</summary>
internal static class StandardFamilies
{
    public const string RequestDuration = "circuit_breaker_request_duration_seconds";

    public static readonly BreakerState[] States = Enum.GetValues<BreakerState>();
    private static readonly BreakerState[] Rejecting = [BreakerState.Open, BreakerState.HalfOpen, BreakerState.ForcedOpen];
    private static readonly (UserErrorSource Source, string Label)[] Sources =
    [
        .. Enum.GetValues<UserErrorSource>().Select(source => (source, SnakeCase(source.ToString()))),
    ];

    private static readonly bool[] Automatic = [.. States.SelectMany(from => States.Select(to => IsAutomatic(from, to)))];

    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        MetricFamily.Gauge(
            "circuit_breaker_state",
            "Whether the circuit is in the state (1) or not (0).",
            ["state"],
            (now, samples) => AddStates(now.State, samples)
        ),
        MetricFamily.Counter(
            "circuit_breaker_state_transition_total",
            "Transitions of the circuit from one state to another.",
            ["old_state", "new_state"],
            (now, samples) => AddTransitions(now.AllTransitions, samples)
        ),
        MetricFamily.Gauge(
            "circuit_breaker_state_code",
            "The state as a number: 0 closed, 1 open, 2 half-open, 3 metrics-only, 4 disabled, 5 forced-open.",
            now => (int)now.State
        ),
        MetricFamily.Counter(
            "circuit_breaker_requests_total",
            "Calls that have settled: successes, failures and ignored. Rejections are not requests.",
            now => now.Requests
        ),
        MetricFamily.Counter("circuit_breaker_successes_total", "Calls that succeeded.", now => now.Successes),
        MetricFamily.Counter("circuit_breaker_failures_total", "Calls that failed.", now => now.Failures),
        MetricFamily.Counter(
            "circuit_breaker_ignored_total",
            "Calls that counted as neither success nor failure, such as calls that their caller canceled.",
            now => now.Ignored
        ),
        MetricFamily.Counter(
            "circuit_breaker_stale_total",
            "Results that arrived after their phase had ended and had no effect on the state.",
            now => now.Stale
        ),
        MetricFamily.Counter(
            "circuit_breaker_abandoned_total",
            "Calls that their caller canceled, by verdict: a failure after a long wait, otherwise ignored.",
            ["verdict"],
            Abandoned
        ),
        MetricFamily.Counter("circuit_breaker_rejected_total", "Rejected calls, by the state that rejected them.", ["state"], Rejected),
        MetricFamily.CounterBySetting(
            "circuit_breaker_slow_total",
            "Calls that took at least as long as a threshold of the rule, in seconds.",
            "threshold",
            Slow
        ),
        MetricFamily.Gauge(
            "circuit_breaker_consecutive_successes",
            "Successes since the last failure, in the current phase.",
            now => now.ConsecutiveSuccesses
        ),
        MetricFamily.Gauge(
            "circuit_breaker_consecutive_failures",
            "Failures in a row, in the current phase.",
            now => now.ConsecutiveFailures
        ),
        MetricFamily.Gauge("circuit_breaker_failure_rate", "Ratio of failures to calls in the window, 0 to 1.", now => now.FailureRate),
        MetricFamily.Gauge("circuit_breaker_success_rate", "Ratio of successes to calls in the window, 0 to 1.", now => now.SuccessRate),
        MetricFamily.Gauge(
            "circuit_breaker_slow_rate",
            "Ratio of calls in the window, 0 to 1, that took at least as long as a threshold of the rule, in seconds.",
            ["threshold"],
            SlowRate
        ),
        MetricFamily.SummedGauge(
            "circuit_breaker_overdue",
            "Calls that have been in flight for at least a threshold of the rule, in seconds.",
            ["threshold"],
            Overdue
        ),
        MetricFamily.Gauge(
            "circuit_breaker_rule_threshold",
            "Threshold of each leaf of the rule: a ratio, a number of calls, or seconds.",
            ["rule"],
            Thresholds
        ),
        MetricFamily.HistogramOfCalls(
            RequestDuration,
            "Durations of calls, by the state that admitted them.",
            ["state"],
            "circuit_breaker.request.duration",
            CallDurations
        ),
        MetricFamily.SummedGauge("circuit_breaker_in_flight", "Admitted calls that have not settled.", now => now.InFlight),
        MetricFamily.SummedGauge("circuit_breaker_half_open_in_flight", "Probes that have not settled.", now => now.HalfOpenInFlight),
        MetricFamily.SummedGauge(
            "circuit_breaker_oldest_in_flight_seconds",
            "How long the oldest call in flight has been in flight; only with a slow-call rule and while a call is in flight.",
            now => now.OldestInFlight?.TotalSeconds
        ),
        MetricFamily.Gauge(
            "circuit_breaker_reopens",
            "How often the circuit has returned from half-open to open since it was last closed.",
            now => now.Reopens
        ),
        MetricFamily.Counter(
            "circuit_breaker_would_trip_total",
            "How often the rule fired while the circuit was metrics-only, or kept closed by the limit of its group.",
            now => now.WouldTrips
        ),
        MetricFamily.Gauge(
            "circuit_breaker_state_entered_timestamp_seconds",
            "When the circuit entered its state, as Unix time.",
            now => UnixSeconds(now.EnteredAt)
        ),
        MetricFamily.Gauge(
            "circuit_breaker_next_probe_timestamp_seconds",
            "When the break ends, as Unix time; only while open.",
            now => now.NextProbeAt is { } next ? UnixSeconds(next) : null
        ),
        MetricFamily.Counter(
            "circuit_breaker_user_errors_total",
            "Errors in user code inside the breaker, by the kind of code.",
            ["source"],
            UserErrors
        ),
        MetricFamily.Counter(
            "circuit_breaker_signals_dropped_total",
            "Signals that were dropped because too many waited for a listener.",
            now => now.SignalsDropped
        ),
        .. GroupFamilies.All,
    ];

    /// <summary>Gets the histogram of call durations.</summary>
    public static MetricFamily Durations { get; } = All.Single(family => family.Name is RequestDuration);

    /// <summary>Adds one sample for each state: 1 for the current one, 0 for the others.</summary>
    public static void AddStates(BreakerState current, MetricSamples samples)
    {
        foreach (var state in States)
        {
            samples.Add(state == current ? 1 : 0, state.ToLabel());
        }
    }

    /// <summary>Adds the numbers of transitions that are automatic or have occurred.</summary>
    /// <param name="counts">The numbers of transitions, by old state and then by new state.</param>
    /// <param name="samples">Receives the samples.</param>
    /// <param name="key">The label that comes first, or <see langword="null"/> if there is none.</param>
    public static void AddTransitions(ReadOnlySpan<long> counts, MetricSamples samples, string? key = null)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            // A counter that starts at 1 hides its first transition from increase(), so automatic transitions start at 0.
            if (counts[i] > 0 || Automatic[i])
            {
                var (from, to) = (States[i / History.States].ToLabel(), States[i % History.States].ToLabel());
                if (key is null)
                {
                    samples.Add(counts[i], from, to);
                }
                else
                {
                    samples.Add(counts[i], key, from, to);
                }
            }
        }
    }

    private static bool IsAutomatic(BreakerState from, BreakerState to) =>
        (from, to)
            is
                (BreakerState.Closed, BreakerState.Open)
                or
                (BreakerState.Open, BreakerState.HalfOpen)
                or
                (BreakerState.HalfOpen, BreakerState.Open or BreakerState.Closed);

    private static void Rejected(BreakerSnapshot now, MetricSamples samples)
    {
        foreach (var state in Rejecting)
        {
            samples.Add(now.RejectedIn(state), state.ToLabel());
        }
    }

    private static void Slow(BreakerSnapshot now, MetricSamples samples)
    {
        for (var i = 0; i < now.SlowCalls.Count; i++)
        {
            samples.Add(now.SlowCalls[i].Total, Seconds(now.SlowCalls[i].Threshold));
        }
    }

    private static void SlowRate(BreakerSnapshot now, MetricSamples samples)
    {
        for (var i = 0; i < now.SlowCalls.Count; i++)
        {
            if (now.SlowCalls[i] is { Rate: { } rate } slow)
            {
                samples.Add(rate, Seconds(slow.Threshold));
            }
        }
    }

    private static void Overdue(BreakerSnapshot now, MetricSamples samples)
    {
        for (var i = 0; i < now.SlowCalls.Count; i++)
        {
            if (now.SlowCalls[i] is { Overdue: { } overdue } slow)
            {
                samples.Add(overdue, Seconds(slow.Threshold));
            }
        }
    }

    private static void Abandoned(BreakerSnapshot now, MetricSamples samples)
    {
        samples.Add(now.AbandonedFailures, "failure");
        samples.Add(now.AbandonedIgnored, "ignored");
    }

    private static void Thresholds(BreakerSnapshot now, MetricSamples samples)
    {
        for (var i = 0; i < now.RuleThresholds.Count; i++)
        {
            samples.Add(now.RuleThresholds[i].Value, now.RuleThresholds[i].Rule);
        }
    }

    private static void CallDurations(BreakerSnapshot now, MetricSamples samples)
    {
        if (samples.DurationBuckets is { } buckets)
        {
            foreach (var (state, durations) in now.AllDurations)
            {
                if (durations.Buckets.Equals(buckets))
                {
                    samples.Add(durations, state.ToLabel());
                }
            }
        }
    }

    private static void UserErrors(BreakerSnapshot now, MetricSamples samples)
    {
        foreach (var (source, label) in Sources)
        {
            samples.Add(now.UserErrors(source), label);
        }
    }

    /// <summary>Formats a threshold as a label. Whole seconds, which are most common, take the fast path.</summary>
    private static string Seconds(TimeSpan threshold) =>
        threshold.Ticks % TimeSpan.TicksPerSecond == 0
            ? RuleText.Number(threshold.Ticks / TimeSpan.TicksPerSecond)
            : RuleText.Number(threshold.TotalSeconds);

    /// <summary>Converts a time to Unix seconds with the millisecond precision of Prometheus.</summary>
    private static double UnixSeconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    public static string SnakeCase(string name) =>
        string.Concat(
            name.Select(
                (letter, i) => i > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"
            )
        );
}
