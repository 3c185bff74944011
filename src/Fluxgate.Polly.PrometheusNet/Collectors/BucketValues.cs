namespace Fluxgate;

/// <summary>Finds values for observations of which only the buckets and the sum are known.</summary>
internal static class BucketValues
{
    /// <summary>Returns a value inside each bucket, such that the values multiplied by the counts add up to the sum as far as the bounds allow.</summary>
    /// <param name="counts">The number of observations in each bucket. The last bucket has no upper bound.</param>
    /// <param name="bounds">The upper bounds, inclusive.</param>
    /// <param name="sum">The sum of the observations.</param>
    public static double[] Of(long[] counts, IReadOnlyList<double> bounds, double sum)
    {
        var (low, high) = (0d, 0d);
        for (var bucket = 0; bucket < bounds.Count; bucket++)
        {
            low += counts[bucket] * Lower(bounds, bucket);
            high += counts[bucket] * bounds[bucket];
        }

        var beyond = counts[^1];
        var above = Math.BitIncrement(bounds[^1]);
        var forBounded = beyond == 0 ? sum : Math.Min(sum - (beyond * above), high);
        var part = high > low ? Math.Clamp((forBounded - low) / (high - low), 0, 1) : 0;
        var values = new double[counts.Length];
        var assigned = 0d;
        for (var bucket = 0; bucket < bounds.Count; bucket++)
        {
            var lower = Lower(bounds, bucket);
            values[bucket] = Math.Clamp(lower + (part * (bounds[bucket] - lower)), lower, bounds[bucket]);
            assigned += counts[bucket] * values[bucket];
        }

        values[^1] = beyond == 0 ? above : Math.Max((sum - assigned) / beyond, above);
        return values;
    }

    private static double Lower(IReadOnlyList<double> bounds, int bucket) => bucket == 0 ? 0 : Math.BitIncrement(bounds[bucket - 1]);
}
