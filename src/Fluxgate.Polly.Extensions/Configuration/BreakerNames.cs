namespace Fluxgate;

/// <summary>Which breakers are named at this moment. As the configuration's keys, names are the same whatever their case.</summary>
internal sealed class BreakerNames(IEnumerable<SettingsSource> sources)
{
    // Providers spell a key each in its own way (environment variables often in capitals): code that names a breaker settles its spelling.
    private readonly SettingsSource[] _sources = [.. sources.OrderByDescending(source => source.SpellsNames)];

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    public IReadOnlyList<string> Known => [.. _sources.SelectMany(source => source.Names).Distinct(Comparer)];

    /// <summary>The name as it is spelled, or <see langword="null"/> where nothing names it.</summary>
    public string? Find(string name) => Known.FirstOrDefault(known => Comparer.Equals(known, name));

    /// <summary>What to say where nothing names a breaker: the closest name, those that there are, and how to name one.</summary>
    public static string Advice(string name, IReadOnlyCollection<string> known)
    {
        var hint = Closest.To(name, known) is { } closest ? $" Did you mean '{closest}'?" : "";
        var all = known.Count == 0 ? "None is named" : $"Known are {string.Join(", ", known.Select(known => $"'{known}'"))}";
        return $"{hint} {all}; name it with AddBreaker or in the configuration below Breakers.";
    }

    public IReadOnlyList<string> Problems => [.. _sources.SelectMany(source => source.Problems).Distinct(StringComparer.Ordinal)];
}
