using System.Collections;

namespace Fluxgate;

/// <summary>Samples at one time, and the operations that the expressions use.</summary>
internal sealed class KitVector(IEnumerable<KitSample> samples) : IEnumerable<KitSample>
{
    private readonly KitSample[] _samples = [.. samples];

    public static KitVector operator +(KitVector left, KitVector right) => left.Match(right, (a, b) => a + b);

    public static KitVector operator /(KitVector left, KitVector right) => left.Match(right, (a, b) => a / b);

    public static KitVector operator *(KitVector vector, double factor) => vector.Select(value => value * factor);

    /// <summary>Returns the samples of which a label has one of the values.</summary>
    public KitVector With(string label, params string[] values) => new(_samples.Where(sample => values.Contains(sample[label])));

    public KitVector Where(Func<double, bool> holds) => new(_samples.Where(sample => holds(sample.Value)));

    public KitVector Select(Func<double, double> selector) =>
        new(_samples.Select(sample => sample with { Value = selector(sample.Value) }));

    public KitVector Round() => Select(value => Math.Floor(value + 0.5));

    /// <summary>Returns the samples with the labels of some sample of another vector, as <c>and</c> of PromQL does.</summary>
    public KitVector And(KitVector other)
    {
        var keys = other.Select(sample => sample.Key).ToHashSet(StringComparer.Ordinal);
        return new(_samples.Where(sample => keys.Contains(sample.Key)));
    }

    /// <summary>Returns the samples whose labels no sample of another vector has, as <c>unless</c> of PromQL does.</summary>
    public KitVector Unless(KitVector other)
    {
        var keys = other.Select(sample => sample.Key).ToHashSet(StringComparer.Ordinal);
        return new(_samples.Where(sample => !keys.Contains(sample.Key)));
    }

    /// <summary>Returns the samples of both vectors, which have no labels in common, as <c>or</c> of PromQL does.</summary>
    public KitVector Or(KitVector other) => new([.. _samples, .. other]);

    /// <summary>Returns the samples with the largest values, of which no two are equal.</summary>
    public KitVector Largest(int count) => new(_samples.OrderByDescending(sample => sample.Value).Take(count));

    public KitVector SumBy(params string[] labels) => Aggregate(sample => sample.Only(labels), values => values.Sum());

    public KitVector MaxBy(params string[] labels) => Aggregate(sample => sample.Only(labels), values => values.Max());

    public KitVector CountBy(params string[] labels) => Aggregate(sample => sample.Only(labels), values => values.Count());

    public KitVector SumWithout(params string[] labels) => Aggregate(sample => sample.Except(labels), values => values.Sum());

    /// <summary>Calculates <c>histogram_quantile</c> of PromQL for cumulative buckets, none of them beyond the last bound.</summary>
    public KitVector Quantile(double quantile) =>
        new(
            _samples
                .GroupBy(sample => sample.Except("le").Key, StringComparer.Ordinal)
                .Select(buckets =>
                    buckets.First().Except("le") with
                    {
                        Value = Quantile(
                            quantile,
                            [.. buckets.Select(bucket => (bucket.Bound, bucket.Value)).OrderBy(bucket => bucket.Bound)]
                        ),
                    }
                )
        );

    public IEnumerator<KitSample> GetEnumerator() => _samples.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Interpolates linearly within the bucket that contains the rank; NaN without calls.</summary>
    private static double Quantile(double quantile, (double Bound, double Value)[] buckets)
    {
        var rank = quantile * buckets[^1].Value;
        if (buckets[^1].Value == 0)
        {
            return double.NaN;
        }

        var bucket = Array.FindIndex(buckets, bucket => bucket.Value >= rank);
        var (lower, below) = bucket == 0 ? (0, 0) : buckets[bucket - 1];
        Assert.NotEqual(buckets.Length - 1, bucket);
        return lower + ((buckets[bucket].Bound - lower) * (rank - below) / (buckets[bucket].Value - below));
    }

    private KitVector Aggregate(Func<KitSample, KitSample> group, Func<IEnumerable<double>, double> aggregate) =>
        new(
            _samples
                .GroupBy(sample => group(sample).Key, StringComparer.Ordinal)
                .Select(group => (First: group.First(), Value: aggregate(group.Select(sample => sample.Value))))
                .Select(result => group(result.First) with { Value = result.Value })
        );

    private KitVector Match(KitVector right, Func<double, double, double> operation)
    {
        var others = right.ToDictionary(sample => sample.Key, sample => sample.Value, StringComparer.Ordinal);
        return new(
            _samples
                .Where(sample => others.ContainsKey(sample.Key))
                .Select(sample => sample with { Value = operation(sample.Value, others[sample.Key]) })
        );
    }
}
