using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>
/// The sums of recorded calls: their number, failures, durations and slow calls. One call is also a value of this type, so a window can keep a
/// running sum: <c>sum += call</c> when a call is recorded, <c>sum -= oldest</c> when a call expires.
/// </summary>
/// <remarks>An immutable value. Synchronize access to a variable of this type that several threads write: writes are not atomic.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly struct CallCounts : IEquatable<CallCounts>
{
    private readonly SlowCounts _slow;

    internal CallCounts(long requests, long failures, long durationTicks, in SlowCounts slow)
    {
        Requests = requests;
        Failures = failures;
        DurationTicks = durationTicks;
        _slow = slow;
    }

    /// <summary>Gets the number of recorded calls: successes and failures, not ignored ones.</summary>
    public long Requests { get; }

    /// <summary>Gets the number of recorded calls that failed.</summary>
    public long Failures { get; }

    /// <summary>Gets the number of recorded calls that succeeded.</summary>
    public long Successes => Requests - Failures;

    /// <summary>Gets the sum of the durations of all recorded calls; zero if no rule requires durations.</summary>
    public TimeSpan TotalDuration => TimeSpan.FromTicks(DurationTicks);

    internal long DurationTicks { get; }

    internal long Slow(int threshold) => _slow[threshold];

    /// <summary>Returns the same counts with the slow calls capped at the number of calls.</summary>
    internal CallCounts WithSlowCallsCapped()
    {
        var slow = _slow;
        for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
        {
            slow[i] = Math.Min(slow[i], Requests);
        }

        return new(Requests, Failures, DurationTicks, slow);
    }

    /// <summary>Adds two counts.</summary>
    /// <param name="left">The first counts.</param>
    /// <param name="right">The second counts.</param>
    /// <returns>The sum.</returns>
    public static CallCounts operator +(in CallCounts left, in CallCounts right)
    {
        var slow = left._slow;
        for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
        {
            slow[i] += right._slow[i];
        }

        return new(left.Requests + right.Requests, left.Failures + right.Failures, left.DurationTicks + right.DurationTicks, slow);
    }

    /// <summary>Subtracts counts from larger counts that include them.</summary>
    /// <param name="left">The larger counts.</param>
    /// <param name="right">The counts to subtract.</param>
    /// <returns>The difference.</returns>
    public static CallCounts operator -(in CallCounts left, in CallCounts right)
    {
        var slow = left._slow;
        for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
        {
            slow[i] -= right._slow[i];
        }

        return new(left.Requests - right.Requests, left.Failures - right.Failures, left.DurationTicks - right.DurationTicks, slow);
    }

    /// <summary>Returns whether two counts are equal.</summary>
    /// <param name="left">The first counts.</param>
    /// <param name="right">The second counts.</param>
    /// <returns><see langword="true"/> if all their numbers are equal.</returns>
    public static bool operator ==(in CallCounts left, in CallCounts right) => left.Equals(right);

    /// <summary>Returns whether two counts differ.</summary>
    /// <param name="left">The first counts.</param>
    /// <param name="right">The second counts.</param>
    /// <returns><see langword="true"/> if at least one number differs.</returns>
    public static bool operator !=(in CallCounts left, in CallCounts right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(CallCounts other) =>
        Requests == other.Requests
        && Failures == other.Failures
        && DurationTicks == other.DurationTicks
        && ((ReadOnlySpan<long>)_slow).SequenceEqual(other._slow);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CallCounts other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Requests, Failures, DurationTicks);

    /// <summary>Returns the numbers for logs and debuggers: <c>31 of 50 failed</c>.</summary>
    /// <returns>A short text.</returns>
    public override string ToString() => $"{RuleText.Number(Failures)} of {RuleText.Number(Requests)} failed";

    /// <summary>Slow calls by threshold, in the order of the rule's <see cref="SlowThresholds"/>.</summary>
    [InlineArray(FluxgateDefaults.MaxSlowThresholds)]
    internal struct SlowCounts
    {
        private long _first;
    }
}
