namespace Fluxgate;

/// <summary>One circuit or group, as the table of the page and the API show it.</summary>
internal sealed record CircuitRow
{
    /// <summary>Gets the identity of the row on the page. Unique among all rows.</summary>
    public required string Id { get; init; }

    /// <summary>Gets <c>circuit</c>, <c>group</c>, <c>key</c> for a circuit of a group, or <c>shared</c> for the shared one of a group.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the name of the circuit or the group.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the key of a circuit in its group.</summary>
    public string? Key { get; init; }

    /// <summary>Gets the state; of a group, that of its circuit in the worst condition.</summary>
    public required string State { get; init; }

    public DateTimeOffset? Since { get; init; }

    public required string Reason { get; init; }

    public DateTimeOffset? NextProbe { get; init; }

    /// <summary>Gets the settled calls and the rejections in each second of the last seconds; <see langword="null"/> before the second reading.</summary>
    public double? CallsPerSecond { get; init; }

    public double? RejectedPerSecond { get; init; }

    /// <summary>Gets the measured value and the threshold of the <c>FailureRate</c> leaf that is closest to its threshold.</summary>
    public double? FailureRate { get; init; }

    public double? FailureThreshold { get; init; }

    /// <summary>Gets the measured value and the threshold of the <c>SlowRate</c> leaf that is closest to its threshold.</summary>
    public double? SlowRate { get; init; }

    public double? SlowThreshold { get; init; }

    /// <summary>Gets how far the rule is on its way to firing; see <see cref="RuleEvaluation.Progress"/>.</summary>
    public double? Progress { get; init; }

    public long InFlight { get; init; }

    /// <summary>Gets the calls in flight that have reached a slow threshold; <see langword="null"/> without a slow-call rule.</summary>
    public long? Overdue { get; init; }

    public double? OldestInFlightSeconds { get; init; }

    /// <summary>Gets the total numbers since the circuit was created.</summary>
    public long Requests { get; init; }

    public long Failures { get; init; }

    public long Rejected { get; init; }

    public long WouldTrips { get; init; }

    /// <summary>Gets the number of warnings about the settings.</summary>
    public int Warnings { get; init; }

    public string? ConfigurationError { get; init; }

    /// <summary>Gets the number of circuits of a group, by state.</summary>
    public IReadOnlyDictionary<string, int>? States { get; init; }

    /// <summary>Gets the circuits of a group in the worst condition. Those that are closed are omitted from the table.</summary>
    public IReadOnlyList<CircuitRow>? Worst { get; init; }

    /// <summary>Gets the last bucket of the row's history; <see langword="null"/> while nothing has happened in it, and in responses of the API.</summary>
    public HistoryBucket? Now { get; init; }

    /// <summary>Gets the last transition since the dashboard began to watch.</summary>
    public RecordedTransition? Transition { get; init; }
}
