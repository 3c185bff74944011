namespace Fluxgate;

/// <summary>The upper bounds of a histogram's buckets. Immutable; two with the same bounds are equal.</summary>
public sealed class DurationBuckets : IEquatable<DurationBuckets>
{
    private const int Most = 100;

    private readonly long[] _bounds;

    /// <summary>Creates buckets.</summary>
    /// <param name="seconds">The upper bounds in seconds, inclusive: 1 to 100 numbers greater than zero, ascending, at least 100 ns apart. A last bucket for the rest is added.</param>
    /// <exception cref="ArgumentNullException"><paramref name="seconds"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There are too few or too many, or one is out of range or out of order; the message names it.</exception>
    public DurationBuckets(params IReadOnlyList<double> seconds)
    {
        Require.NotNull(seconds);
        if (seconds.Count is 0 or > Most)
        {
            throw new ArgumentException(
                $"{nameof(seconds)} must be 1 to {RuleText.Number(Most)} bounds, but are {RuleText.Number(seconds.Count)}.",
                nameof(seconds)
            );
        }

        _bounds = new long[seconds.Count];
        for (var i = 0; i < _bounds.Length; i++)
        {
            _bounds[i] = Bound(seconds, i);
        }

        Seconds = Array.AsReadOnly(Array.ConvertAll(_bounds, bound => TimeSpan.FromTicks(bound).TotalSeconds));
    }

    /// <summary>5, 10, 25, 50, 100, 250 and 500 ms, 1, 2.5, 5 and 10 s.</summary>
    public static DurationBuckets Default { get; } = new(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);

    /// <summary>The upper bounds in seconds, ascending, without that of the last bucket, which has none.</summary>
    public IReadOnlyList<double> Seconds { get; }

    /// <inheritdoc/>
    public bool Equals(DurationBuckets? other) =>
        other is not null && (ReferenceEquals(this, other) || _bounds.AsSpan().SequenceEqual(other._bounds));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DurationBuckets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_bounds.Length, _bounds[0], _bounds[^1]);

    /// <summary>The bounds as a list.</summary>
    /// <returns>The bounds in seconds.</returns>
    public override string ToString() => string.Join(", ", Seconds.Select(RuleText.Number));

    /// <summary>The index of the bucket that a duration falls into: the first whose bound it does not exceed.</summary>
    internal int IndexOf(long ticks)
    {
        var bounds = _bounds;
        var index = 0;
        while (index < bounds.Length && ticks > bounds[index])
        {
            index++;
        }

        return index;
    }

    private long Bound(IReadOnlyList<double> seconds, int index)
    {
        var bound = seconds[index];
        if (!(bound > 0 && bound <= TimeSpan.MaxValue.TotalSeconds / 2) || TimeSpan.FromSeconds(bound) is var time && time <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"A bound must be a number of seconds greater than zero (100 ns at least), but is {RuleText.Number(bound)}.",
                nameof(seconds)
            );
        }

        return index == 0 || time.Ticks > _bounds[index - 1]
            ? time.Ticks
            : throw new ArgumentException(
                $"The bounds must ascend, but {RuleText.Number(bound)} comes after {RuleText.Number(seconds[index - 1])}.",
                nameof(seconds)
            );
    }
}
