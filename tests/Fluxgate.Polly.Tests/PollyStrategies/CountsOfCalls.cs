namespace Fluxgate;

/// <summary>The calls that a breaker counted, by kind.</summary>
internal readonly record struct CountsOfCalls(
    long Successes = 0,
    long Failures = 0,
    long Ignored = 0,
    long Rejected = 0,
    long Stale = 0,
    long InFlight = 0
)
{
    public static CountsOfCalls Of(FluxgateBreaker breaker)
    {
        var now = breaker.Snapshot();
        return new(now.Successes, now.Failures, now.Ignored, now.Rejected, now.Stale, now.InFlight);
    }
}
