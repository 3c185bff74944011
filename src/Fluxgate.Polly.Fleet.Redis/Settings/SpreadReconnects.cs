using StackExchange.Redis;

namespace Fluxgate;

/// <summary>
/// Spreads the reconnections of many processes: each waits a random part of 5 s before the first attempt, and of 10 s before each further one. The part is drawn
/// once for each attempt, since the library asks again each second, and a new draw each time would make the shortest one win.
/// </summary>
/// <param name="seed">A number of this process.</param>
internal sealed class SpreadReconnects(int seed) : IReconnectRetryPolicy
{
    private const double First = 5_000;
    private const double Further = 10_000;

    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= DelayOf(currentRetryCount);

    /// <summary>Returns how many milliseconds to wait before an attempt.</summary>
    internal double DelayOf(long attempt)
    {
        var longest = attempt == 0 ? First : Further;
        return longest * new Random(HashCode.Combine(seed, attempt)).NextDouble();
    }
}
