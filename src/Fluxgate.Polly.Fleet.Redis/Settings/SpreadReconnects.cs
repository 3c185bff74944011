using StackExchange.Redis;

namespace Fluxgate;

/// <summary>
/// Spreads the reconnections of many processes: each waits a random part of a time that doubles. The part is drawn once for each attempt, since the library asks again each second,
/// and a new draw each time would make the shortest one win.
/// </summary>
/// <param name="seed">A number of this process.</param>
internal sealed class SpreadReconnects(int seed) : IReconnectRetryPolicy
{
    private const double Shortest = 5_000;
    private const double Longest = 20_000;

    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= DelayOf(currentRetryCount);

    /// <summary>Returns how many milliseconds to wait before an attempt.</summary>
    internal double DelayOf(long attempt)
    {
        var longest = Math.Min(Longest, Shortest * Math.Pow(2, Math.Min(attempt, 10)));
        return longest * new Random(HashCode.Combine(seed, attempt)).NextDouble();
    }
}
