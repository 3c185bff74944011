namespace Fluxgate;

/// <summary>Which breakers are named at this moment. As the configuration's keys, names are case-insensitive.</summary>
internal sealed class BreakerNames
{
    private const int MostListed = 20;

    // Providers spell a key each in its own way (environment variables often in capitals): code that names a breaker settles its spelling.
    private readonly Dictionary<string, string> _inCode = new(Comparer);
    private readonly SettingsSource[] _others;

    public BreakerNames(IEnumerable<SettingsSource> sources)
    {
        var all = sources.ToArray();
        foreach (var source in all)
        {
            if (source.OnlyFor is { } name)
            {
                _inCode.TryAdd(name, name);
            }
        }

        _others = [.. all.Where(source => source.OnlyFor is null)];
    }

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    public IReadOnlyCollection<string> InCode => _inCode.Values;

    public IEnumerable<string> Configured => _others.SelectMany(source => source.Names).Distinct(Comparer);

    public IReadOnlyList<string> Known => [.. _inCode.Values.Concat(Configured).Distinct(Comparer)];

    public IReadOnlyList<string> Problems => [.. _others.SelectMany(source => source.Problems).Distinct(StringComparer.Ordinal)];

    /// <summary>Returns the name as it is spelled, or <see langword="null"/> where nothing names it.</summary>
    public string? Find(string name) =>
        _inCode.GetValueOrDefault(name) ?? _others.Select(source => source.Find(name)).FirstOrDefault(found => found is not null);

    /// <summary>Returns what to say where nothing names a breaker: the closest name, those that there are, and how to name one.</summary>
    public static string Advice(string name, IReadOnlyCollection<string> known)
    {
        var hint = Closest.To(name, known) is { } closest ? $" Did you mean '{closest}'?" : "";
        var all = known.Count == 0 ? "None is named" : $"Known are {Listed(known.Select(known => $"'{known}'"))}";
        return $"{hint} {all}; name it with AddBreaker or in the configuration below Breakers.";
    }

    /// <summary>Joins as many words as a message may hold, and counts the rest.</summary>
    public static string Listed(IEnumerable<string> words)
    {
        string[] all = [.. words];
        return all.Length <= MostListed
            ? string.Join(", ", all)
            : $"{string.Join(", ", all.Take(MostListed))} and {RuleText.Number(all.Length - MostListed)} more";
    }
}
