namespace Fluxgate;

/// <summary>How the calls of a breaker counted.</summary>
internal readonly record struct Counts(long Successes = 0, long Failures = 0, long Ignored = 0, long Rejected = 0, long InFlight = 0)
{
    public static Counts Of(World world)
    {
        var now = world.Now;
        return new(now.Successes, now.Failures, now.Ignored, now.Rejected, now.InFlight);
    }
}
