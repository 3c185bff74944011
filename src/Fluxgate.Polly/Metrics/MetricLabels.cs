namespace Fluxgate;

/// <summary>The label values of one sample, at most four. An immutable value that needs no array.</summary>
/// <param name="First">The first value, or <see langword="null"/>.</param>
/// <param name="Second">The second value, or <see langword="null"/>.</param>
/// <param name="Third">The third value, or <see langword="null"/>.</param>
/// <param name="Fourth">The fourth value, or <see langword="null"/>.</param>
public readonly record struct MetricLabels(string? First = null, string? Second = null, string? Third = null, string? Fourth = null)
{
    /// <summary>The most labels that a family can have in addition to the circuit's name.</summary>
    internal const int Most = 4;

    /// <summary>Gets one value.</summary>
    /// <param name="index">The index, 0 to 3.</param>
    /// <returns>The value; <see langword="null"/> if there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    public string? this[int index] =>
        index switch
        {
            0 => First,
            1 => Second,
            2 => Third,
            3 => Fourth,
            _ => throw new ArgumentOutOfRangeException(nameof(index), index, $"index must be 0 to 3, but is {RuleText.Number(index)}."),
        };

    internal int Count =>
        First is null ? 0
        : Second is null ? 1
        : Third is null ? 2
        : Fourth is null ? 3
        : 4;
}
