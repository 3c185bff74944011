namespace Fluxgate;

/// <summary>Random compositions of built-in trippers.</summary>
internal static class RandomRules
{
    /// <summary>Leaves that evaluate failures only, so that count windows store failures only.</summary>
    public const int WithoutDurations = 5;

    public const int WithSlowCalls = 6;

    public const int All = 7;

    private static readonly TimeSpan[] Thresholds = [.. new[] { 10, 20, 30 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    public static Tripper Next(Random random, int leaves, int depth = 3)
    {
        if (depth == 0 || random.Next(4) == 0)
        {
            return Leaf(random, leaves);
        }

        var (left, right) = (Next(random, leaves, depth - 1), Next(random, leaves, depth - 1));
        return random.Next(2) == 0 ? left & right : left | right;
    }

    private static Tripper Leaf(Random random, int leaves) =>
        random.Next(leaves) switch
        {
            0 => Tripper.MinRequests(random.Next(1, 25)),
            1 => Tripper.FailureRate(random.Next(1, 21) / 20.0),
            2 => Tripper.FailureStreak(random.Next(2, 9)),
            3 => random.Next(2) == 0 ? Tripper.Closed : Tripper.HalfOpened,
            4 => Tripper.MinRequests(random.Next(5, 25)) & Tripper.FailureRate(1 - random.NextDouble()),
            5 => Tripper.SlowRate(random.Next(1, 21) / 20.0, Thresholds[random.Next(Thresholds.Length)]),
            _ => Tripper.AvgLatency(TimeSpan.FromMilliseconds(random.Next(10, 40))),
        };
}
