namespace Fluxgate;

/// <summary>The breaker's own rule, evaluated on given sums.</summary>
/// <param name="Tripper">The rule. It uses no durations and no streaks, since the sums contain none.</param>
internal sealed record BreakerRule(Tripper Tripper)
{
    // Large enough to meet every minimum, and the ratio stays the same.
    private const long Many = 1_000_000;

    /// <summary>Returns the rule of a number of calls and a failure rate.</summary>
    public static BreakerRule Of(int minRequests, double failureRate) =>
        new(Tripper.MinRequests(minRequests) & Tripper.FailureRate(failureRate));

    /// <summary>Returns whether the rule fires on these calls.</summary>
    public bool Fires(CallSums sums) => Tripper.Fires(new(BreakerState.Closed, sums.Requests, sums.Failures));

    /// <summary>Returns whether the rule would fire on these calls if there were more of them.</summary>
    public bool FiresWithoutMinimum(CallSums sums) => Fires(new(sums.Requests * Many, sums.Failures * Many));

    /// <summary>Returns whether there are calls enough for the rule to fire if all of them had failed.</summary>
    public bool HasEnough(CallSums sums) => Fires(new(sums.Requests, sums.Requests));
}
