namespace Fluxgate;

/// <summary>The values of the labels of one sample, four at most, without an array behind them.</summary>
/// <param name="First">The first, if there is one.</param>
/// <param name="Second">The second.</param>
/// <param name="Third">The third.</param>
/// <param name="Fourth">The fourth.</param>
public readonly record struct MetricLabels(string? First = null, string? Second = null, string? Third = null, string? Fourth = null)
{
    /// <summary>How many labels a family may have after that of the circuit.</summary>
    internal const int Most = 4;

    /// <summary>One value.</summary>
    /// <param name="index">0 to 3.</param>
    /// <returns>The value; <see langword="null"/> where there is none.</returns>
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

    /// <summary>A number that equal labels share and others mostly do not, cheap to have.</summary>
    internal int Mark => First is null ? 0 : (31 * ((31 * ((31 * MarkOf(First)) + MarkOf(Second))) + MarkOf(Third))) + MarkOf(Fourth);

    internal int Count =>
        First is null ? 0
        : Second is null ? 1
        : Third is null ? 2
        : Fourth is null ? 3
        : 4;

    private static int MarkOf(string? value) => string.IsNullOrEmpty(value) ? 0 : (7 * value.Length) + value[0] + (3 * value[^1]);
}
