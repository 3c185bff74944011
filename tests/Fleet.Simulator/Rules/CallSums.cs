namespace Fluxgate;

/// <summary>The number of recorded calls and of those that failed.</summary>
internal readonly record struct CallSums(long Requests, long Failures)
{
    public double FailureRate => Requests == 0 ? 0 : (double)Failures / Requests;

    public static CallSums operator +(CallSums left, CallSums right) => new(left.Requests + right.Requests, left.Failures + right.Failures);
}
