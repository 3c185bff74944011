namespace Fluxgate;

/// <summary>The totals at one moment, and the phase that was current then.</summary>
internal readonly record struct TotalsReading(
    Phase Phase,
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
