namespace Fluxgate;

/// <summary>The totals at one moment.</summary>
internal readonly record struct TotalsReading(
    long Started,
    long Successes,
    long Failures,
    long Ignored,
    int ProbesInFlight,
    long Stale,
    long[] Rejected,
    KeyValuePair<TimeSpan, long>[] Slow,
    long Dropped,
    long AbandonedFailures,
    long AbandonedIgnored,
    long[] UserErrors
)
{
    public long InFlight => Started - Successes - Failures - Ignored;
}
