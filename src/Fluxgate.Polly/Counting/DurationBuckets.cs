namespace Fluxgate;

/// <summary>The upper bounds of the buckets of a histogram. Immutable. Instances with the same bounds are equal.</summary>
public sealed class DurationBuckets : IEquatable<DurationBuckets>
{
    private const int Most = 100;

    private readonly long[] _bounds;

    /// <summary>Creates buckets with the given upper bounds.</summary>
    /// <param name="seconds">The upper bounds in seconds, inclusive: 1 to 100 numbers greater than zero, in ascending order, at least 100 ns apart. A last bucket without a bound is added.</param>
    /// <exception cref="ArgumentNullException"><paramref name="seconds"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There are too few or too many bounds, or a bound is out of range or out of order. The message names it.</exception>
    public DurationBuckets(params IReadOnlyList<double> seconds)
    {
        Require.NotNull(seconds);
        if (seconds.Count is 0 or > Most)
        {
            throw new ArgumentException(
                $"{nameof(seconds)} must have 1 to {RuleText.Number(Most)} bounds, but has {RuleText.Number(seconds.Count)}.",
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

    /// <summary>Gets the default buckets: 5, 10, 25, 50, 100, 250 and 500 ms, 1, 2.5, 5 and 10 s.</summary>
    public static DurationBuckets Default { get; } = new(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);

    /// <summary>Gets the upper bounds in seconds, in ascending order. The last bucket has no bound and is not included.</summary>
    public IReadOnlyList<double> Seconds { get; }

    /// <inheritdoc/>
    public bool Equals(DurationBuckets? other) =>
        other is not null && (ReferenceEquals(this, other) || _bounds.AsSpan().SequenceEqual(other._bounds));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DurationBuckets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_bounds.Length, _bounds[0], _bounds[^1]);

    /// <summary>Returns the bounds as text.</summary>
    /// <returns>The bounds in seconds, separated by commas.</returns>
    public override string ToString() => string.Join(", ", Seconds.Select(RuleText.Number));

    /// <summary>Returns the index of the bucket of a duration: the first whose bound it does not exceed.</summary>
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
                $"A bound must be a number of seconds of at least 100 ns, but is {RuleText.Number(bound)}.",
                nameof(seconds)
            );
        }

        return index == 0 || time.Ticks > _bounds[index - 1]
            ? time.Ticks
            : throw new ArgumentException(
                $"The bounds must be in ascending order, but {RuleText.Number(bound)} follows {RuleText.Number(seconds[index - 1])}.",
                nameof(seconds)
            );
    }
}
