namespace Fluxgate;

/// <summary>The names of the breakers that code and configuration define now. Names are case-insensitive, as configuration keys are.</summary>
internal sealed class BreakerNames
{
    private const int MaxListed = 20;

    // The spelling in code wins, because providers spell keys differently: environment variables are often in capitals.
    private readonly Dictionary<string, string> _inCode = new(Comparer);
    private readonly SettingsSection[] _sections;

    public BreakerNames(IEnumerable<SettingsSource> sources)
    {
        var all = sources.ToArray();
        foreach (var name in all.Select(source => source.Name).OfType<string>())
        {
            _inCode.TryAdd(name, name);
        }

        _sections = [.. all.Select(source => source.Section).OfType<SettingsSection>()];
    }

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    public IReadOnlyCollection<string> InCode => _inCode.Values;

    public IEnumerable<string> Configured => _sections.SelectMany(section => section.Current.Names).Distinct(Comparer);

    public IReadOnlyList<string> Known => [.. _inCode.Values.Concat(Configured).Distinct(Comparer)];

    /// <summary>Gets the errors of the configuration that concern no single breaker.</summary>
    public IReadOnlyList<string> Errors =>
        [.. _sections.SelectMany(section => SettingsReader.ErrorsOf(section.Current)).Distinct(StringComparer.Ordinal)];

    /// <summary>Returns the name in its defined spelling, or <see langword="null"/> if it is not defined.</summary>
    public string? Find(string name) =>
        _inCode.GetValueOrDefault(name)
        ?? _sections.Select(section => section.Current.Find(name)?.Key).FirstOrDefault(found => found is not null);

    /// <summary>Returns the end of a message about a name that is not defined: the closest name, all names, and how to define one.</summary>
    public static string Advice(string name, IReadOnlyCollection<string> known)
    {
        var hint = Closest.To(name, known) is { } closest ? $" Did you mean '{closest}'?" : "";
        var all = known.Count == 0 ? "No breakers are defined" : $"Known breakers: {Join(known.Select(known => $"'{known}'"))}";
        return $"{hint} {all}. Add it with AddBreaker or under Breakers in the configuration.";
    }

    /// <summary>Joins at most 20 words and the number of those that are left out.</summary>
    public static string Join(IEnumerable<string> words)
    {
        string[] all = [.. words];
        return all.Length <= MaxListed
            ? string.Join(", ", all)
            : $"{string.Join(", ", all.Take(MaxListed))} and {RuleText.Number(all.Length - MaxListed)} more";
    }
}
