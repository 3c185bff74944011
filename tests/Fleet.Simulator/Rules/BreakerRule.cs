namespace Fluxgate;

/// <summary>The breaker's own rule, evaluated on given sums.</summary>
/// <remarks>
/// A stand-in for a public way to evaluate a <see cref="Tripper"/>, which the library does not have yet: <see cref="Fires"/> is the only place that
/// has to change. It knows one rule, a minimum of calls and a failure rate.
/// </remarks>
internal sealed record BreakerRule(int MinRequests, double FailureRate)
{
    // Large enough to meet every minimum, and the ratio stays the same.
    private const long Many = 1_000_000;

    public Tripper Tripper => Tripper.MinRequests(MinRequests) & Tripper.FailureRate(FailureRate);

    public bool Fires(CallSums sums) => sums.Requests >= MinRequests && sums.FailureRate >= FailureRate;

    /// <summary>Returns whether the rule would fire on these calls if there were more of them.</summary>
    public bool FiresWithoutMinimum(CallSums sums) => Fires(new(sums.Requests * Many, sums.Failures * Many));

    /// <summary>Returns whether there are calls enough for the rule to fire if all of them had failed.</summary>
    public bool HasEnough(CallSums sums) => Fires(new(sums.Requests, sums.Requests));
}
