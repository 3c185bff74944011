namespace Fluxgate;

/// <summary>Random compositions of built-in trippers.</summary>
internal static class RandomRules
{
    /// <summary>Leaves that evaluate failures only, so that count windows store failures only.</summary>
    public const int WithoutDurations = 0;

    public const int WithSlowCalls = 1;

    public const int All = 2;

    private static readonly TimeSpan[] Thresholds = [.. new[] { 10, 20, 30 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    private static readonly Func<Random, Tripper>[] OfFailures =
    [
        random => Tripper.MinRequests(random.Next(1, 25)),
        random => Tripper.FailureRate(random.Next(1, 21) / 20.0),
        random => Tripper.FailureStreak(random.Next(2, 9)),
        random => random.Next(2) == 0 ? Tripper.Closed : Tripper.HalfOpened,
        random => Tripper.MinRequests(random.Next(5, 25)) & Tripper.FailureRate(1 - random.NextDouble()),
    ];

    private static readonly Func<Random, Tripper>[] OfSlowCalls =
    [
        random => Tripper.SlowRate(random.Next(1, 21) / 20.0, Thresholds[random.Next(Thresholds.Length)]),
    ];

    private static readonly Func<Random, Tripper>[] OfMeans =
    [
        random => Tripper.AvgLatency(TimeSpan.FromMilliseconds(random.Next(10, 40))),
    ];

    public static Tripper Next(Random random, int leaves, int depth = 3)
    {
        if (depth == 0 || random.Next(4) == 0)
        {
            return Leaf(random, leaves);
        }

        var (left, right) = (Next(random, leaves, depth - 1), Next(random, leaves, depth - 1));
        return random.Next(2) == 0 ? left & right : left | right;
    }

    private static Tripper Leaf(Random random, int leaves)
    {
        Func<Random, Tripper>[] kinds = [.. OfFailures, .. leaves >= WithSlowCalls ? OfSlowCalls : [], .. leaves == All ? OfMeans : []];
        return kinds[random.Next(kinds.Length)](random);
    }
}
