namespace Fluxgate;

/// <summary>All that the dashboard knows of one circuit or group.</summary>
internal sealed record CircuitDetail
{
    public required CircuitRow Circuit { get; init; }

    /// <summary>Gets the circuit's rule, leaf by leaf; <see langword="null"/> for a group as a whole.</summary>
    public EvaluationView? Rule { get; init; }

    /// <summary>Gets the calls of the window; <see langword="null"/> for a group as a whole.</summary>
    public WindowView? Window { get; init; }

    /// <summary>Gets the probes of a half-open circuit; <see langword="null"/> in other states.</summary>
    public ProbesView? Probes { get; init; }

    public required IReadOnlyList<NamedText> Settings { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Gets the total counts since the circuit was created, as names and numbers.</summary>
    public required IReadOnlyList<NamedNumber> Totals { get; init; }

    /// <summary>Gets the histograms of durations by state; empty if no listener requires durations.</summary>
    public required IReadOnlyList<HistogramView> Durations { get; init; }

    /// <summary>Gets the transitions of the last five minutes that the dashboard saw, the latest first; empty for keys and groups.</summary>
    public required IReadOnlyList<RecordedTransition> Transitions { get; init; }

    /// <summary>Gets the shared circuit of a group.</summary>
    public CircuitRow? Shared { get; init; }
}

/// <summary>The calls of a window.</summary>
internal sealed record WindowView(long Requests, long Failures, double? FailureRate, long ConsecutiveFailures, long ConsecutiveSuccesses);

/// <summary>The probes of a half-open circuit.</summary>
internal sealed record ProbesView(int InFlight, long Recorded, long Succeeded, string Lease, string Permit, string Recovery);

/// <summary>A setting and its value.</summary>
internal sealed record NamedText(string Name, string Value);

/// <summary>A count and its name.</summary>
internal sealed record NamedNumber(string Name, long Value);

/// <summary>The durations of the calls that one state admitted. There is one count more than there are bounds.</summary>
internal sealed record HistogramView(string State, IReadOnlyList<double> BoundsSeconds, IReadOnlyList<long> Counts, double MeanSeconds);
