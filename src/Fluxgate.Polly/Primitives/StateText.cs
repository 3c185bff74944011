namespace Fluxgate;

/// <summary>Parses states.</summary>
internal static class StateText
{
    /// <summary>Parses a state as in metrics (<c>half_open</c>) or as in code (<c>HalfOpen</c>). Case-insensitive.</summary>
    public static bool TryRead(string text, out BreakerState state, out string? error)
    {
        var word = text.Replace("_", "", StringComparison.Ordinal);
        foreach (var known in Enum.GetValues<BreakerState>())
        {
            if (word.Equals(known.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                (state, error) = (known, null);
                return true;
            }
        }

        var labels = Enum.GetValues<BreakerState>().Select(known => known.ToLabel()).ToArray();
        var hint = Closest.To(text, labels) is { } closest ? $" Did you mean {closest}?" : "";
        (state, error) = (default, $"Expected one of {string.Join(", ", labels)}.{hint}");
        return false;
    }
}
