namespace Fluxgate;

/// <summary>The counters of one phase object. Sealing ends them: a later result goes to the object that continues the phase, and is stale if the phase has ended.</summary>
/// <remarks>
/// A phase keeps its ledger as long as it keeps its window. If a reconfiguration replaces the window, the seal decides which calls belong to
/// the old one.
/// </remarks>
internal sealed class Ledger(SlowThresholds slowThresholds, bool sumsDurations) : StripedCounters(Slow + slowThresholds.Count)
{
    // With a slow-call rule, the calls in flight count the starts instead.
    public const int Started = 0;
    public const int Successes = 1;
    public const int Failures = 2;
    public const int Ignored = 3;
    public const int Rejected = 4;
    public const int Duration = 5;

    /// <summary>The first of the counters of slow calls; there is one for each threshold.</summary>
    public const int Slow = 6;

    /// <summary>Gets the thresholds of slow calls.</summary>
    public SlowThresholds SlowThresholds { get; } = slowThresholds;

    /// <summary>Gets whether durations are summed, for rules that use the mean.</summary>
    public bool SumsDurations { get; } = sumsDurations;

    /// <summary>Gets whether a rule requires the duration of calls.</summary>
    public bool IsTimed { get; } = sumsDurations || slowThresholds.Count > 0;

    /// <summary>Returns the counter of a verdict.</summary>
    public static int CounterOf(Verdict verdict) => Successes + (int)verdict;

    /// <summary>Adds the duration of a counted call, and counts the slow thresholds that it reached.</summary>
    /// <returns>A bit for each threshold that was not counted because the ledger is sealed. The caller adds it to the breaker's totals.</returns>
    public int AddDuration(long durationTicks, int reached)
    {
        var lost = 0;
        for (var i = 0; i < reached; i++)
        {
            lost |= TryAdd(Slow + i, 1) ? 0 : 1 << i;
        }

        if (SumsDurations)
        {
            TryAdd(Duration, durationTicks);
        }

        return lost;
    }

    /// <summary>Returns the sums of all recorded calls.</summary>
    public CallCounts Total()
    {
        var slow = default(CallCounts.SlowCounts);
        for (var i = 0; i < SlowThresholds.Count; i++)
        {
            slow[i] = Sum(Slow + i);
        }

        // Numerators are read before their denominators: a torn sum can be too small, and its caller evaluates again, but it never opens a circuit.
        var duration = SumsDurations ? Sum(Duration) : 0;
        var failures = Sum(Failures);
        return new(Sum(Successes) + failures, failures, duration, slow);
    }
}
