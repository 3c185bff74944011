using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>
/// The names of the breakers and groups (see <see cref="GroupNames"/>) that code and configuration define now. Names are case-insensitive, as
/// configuration keys are.
/// </summary>
internal sealed class BreakerNames
{
    private const int MaxListed = 20;

    // The spelling in code wins, because providers spell keys differently: environment variables are often in capitals.
    private readonly Dictionary<string, string> _inCode = new(Comparer);
    private readonly ConcurrentDictionary<string, string> _atRunTime = new(Comparer);
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

    public IReadOnlyList<string> Known =>
        [.. _inCode.Values.Concat(Configured).Concat(_atRunTime.Select(name => name.Value)).Distinct(Comparer)];

    /// <summary>Gets the errors of the configuration that concern no single breaker.</summary>
    public IReadOnlyList<string> Errors =>
        [.. _sections.SelectMany(section => SettingsReader.ErrorsOf(section.Current)).Distinct(StringComparer.Ordinal)];

    /// <summary>Adds the name of a breaker that was created at run time, so that reloads reach it.</summary>
    public void Add(string name) => _atRunTime.TryAdd(name, name);

    /// <summary>Returns the name in its defined spelling, or <see langword="null"/> if it is not defined.</summary>
    public string? Find(string name) =>
        _inCode.GetValueOrDefault(name)
        ?? _sections.Select(section => section.Current.SpellingOf(name)).FirstOrDefault(found => found is not null)
        ?? _atRunTime.GetValueOrDefault(name);

    /// <summary>Returns the error of a name that is both that of a breaker and that of a group; otherwise, <see langword="null"/>.</summary>
    public string? ConflictOf(string name)
    {
        var bare = GroupNames.Bare(name);
        return Find(bare) is { } breaker && Find(GroupNames.SettingsOf(bare)) is not null
            ? $"The name '{breaker}' is defined both as a breaker and as a group. Rename one of them."
            : null;
    }

    /// <summary>Returns the end of a message about a name that is not defined: the closest name, all names of breakers or groups, and how to define one.</summary>
    public static string Advice(string name, IEnumerable<string> defined)
    {
        var isGroup = GroupNames.GroupOf(name) is not null;
        string[] known = [.. defined.Where(one => GroupNames.GroupOf(one) is not null == isGroup).Select(GroupNames.Bare)];
        var (plural, method, section) = isGroup
            ? ("groups", "AddBreakerGroup", GroupNames.Section)
            : ("breakers", "AddBreaker", "Breakers");
        var hint = Closest.To(GroupNames.Bare(name), known) is { } closest ? $" Did you mean '{closest}'?" : "";
        var all = known.Length == 0 ? $"No {plural} are defined" : $"Known {plural}: {Join(known.Select(known => $"'{known}'"))}";
        return $"{hint} {all}. Add it with {method} or under {section} in the configuration.";
    }

    /// <summary>Joins at most 20 words and the number of those that are left out.</summary>
    public static string Join(IEnumerable<string> words, string separator = ", ")
    {
        string[] all = [.. words];
        return all.Length <= MaxListed
            ? string.Join(separator, all)
            : $"{string.Join(separator, all.Take(MaxListed))} and {RuleText.Number(all.Length - MaxListed)} more";
    }
}
