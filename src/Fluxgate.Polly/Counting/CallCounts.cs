using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>
/// Recorded calls, added up: how many, how many of them failed, how long they took, how many were slow. One call is a tally too, so a
/// window is a running sum: <c>sum += call</c> when a call comes in, <c>sum -= oldest</c> when one drops out.
/// </summary>
/// <remarks>An immutable value; safe to share between threads when it is not torn by unsynchronised writes of the variable it stands in.</remarks>
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

    /// <summary>Recorded calls: successes and failures, not ignored ones.</summary>
    public long Requests { get; }

    /// <summary>Recorded calls that failed.</summary>
    public long Failures { get; }

    /// <summary>Recorded calls that succeeded.</summary>
    public long Successes => Requests - Failures;

    /// <summary>The durations of all recorded calls together; zero where no rule asks for durations.</summary>
    public TimeSpan TotalDuration => TimeSpan.FromTicks(DurationTicks);

    internal long DurationTicks { get; }

    internal long Slow(int threshold) => _slow[threshold];

    /// <summary>The same with no more slow calls than calls.</summary>
    internal CallCounts WithSlowCallsAmongAll()
    {
        var slow = _slow;
        for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
        {
            slow[i] = Math.Min(slow[i], Requests);
        }

        return new(Requests, Failures, DurationTicks, slow);
    }

    /// <summary>Adds two tallies.</summary>
    /// <param name="left">One tally.</param>
    /// <param name="right">The other tally.</param>
    /// <returns>The calls of both.</returns>
    public static CallCounts operator +(in CallCounts left, in CallCounts right)
    {
        var slow = left._slow;
        for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
        {
            slow[i] += right._slow[i];
        }

        return new(left.Requests + right.Requests, left.Failures + right.Failures, left.DurationTicks + right.DurationTicks, slow);
    }

    /// <summary>Takes calls out of a tally that holds them.</summary>
    /// <param name="left">The larger tally.</param>
    /// <param name="right">The calls to take out.</param>
    /// <returns>What remains.</returns>
    public static CallCounts operator -(in CallCounts left, in CallCounts right)
    {
        var slow = left._slow;
        for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
        {
            slow[i] -= right._slow[i];
        }

        return new(left.Requests - right.Requests, left.Failures - right.Failures, left.DurationTicks - right.DurationTicks, slow);
    }

    /// <summary>Whether two tallies are equal.</summary>
    /// <param name="left">One tally.</param>
    /// <param name="right">The other tally.</param>
    /// <returns><see langword="true"/> when all their numbers are equal.</returns>
    public static bool operator ==(in CallCounts left, in CallCounts right) => left.Equals(right);

    /// <summary>Whether two tallies differ.</summary>
    /// <param name="left">One tally.</param>
    /// <param name="right">The other tally.</param>
    /// <returns><see langword="true"/> when some number differs.</returns>
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

    /// <summary>The numbers, for logs and debuggers: <c>31 of 50 failed</c>.</summary>
    /// <returns>A short text.</returns>
    public override string ToString() => $"{RuleText.Number(Failures)} of {RuleText.Number(Requests)} failed";

    /// <summary>Slow calls by threshold, in the order of the rule's <see cref="SlowThresholds"/>.</summary>
    [InlineArray(FluxgateDefaults.MaxSlowThresholds)]
    internal struct SlowCounts
    {
        private long _first;
    }
}
