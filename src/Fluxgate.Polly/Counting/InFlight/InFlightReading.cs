namespace Fluxgate;

/// <summary>The calls in flight of a breaker with a slow-call rule.</summary>
/// <param name="Thresholds">The thresholds.</param>
/// <param name="Counts">The number of calls that have been in flight for at least as long as each threshold.</param>
/// <param name="OldestAge">How long the oldest call has been in flight at least, or <see langword="null"/> if no call is in flight.</param>
internal readonly record struct InFlightReading(SlowThresholds Thresholds, CallCounts.SlowCounts Counts, TimeSpan? OldestAge)
{
    public long Overdue(TimeSpan threshold) => Thresholds?.IndexOf(threshold) is >= 0 and var index ? Counts[index] : 0;
}
