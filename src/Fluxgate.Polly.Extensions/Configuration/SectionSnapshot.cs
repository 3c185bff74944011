using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>
/// A section at one moment: its keys, the breakers that it names and its errors. The keys of a file that is unavailable are those that the
/// file had before. Immutable.
/// </summary>
internal sealed class SectionSnapshot
{
    private static readonly string[] Keys = ["Defaults", "Breakers", GroupNames.Section];

    /// <summary>The key of the section that <c>AddFluxgateFleet</c> reads.</summary>
    private const string Fleet = "Fleet";

    private readonly Dictionary<FileConfigurationSource, Dictionary<string, string?>> _files = [];

    /// <summary>Reads a section.</summary>
    /// <param name="token">The change token of the section, taken before it is read.</param>
    /// <param name="failedLoads">The number of loads that had failed before the section is read.</param>
    /// <param name="section">The section.</param>
    /// <param name="before">The previous snapshot, with the keys of files that are unavailable now.</param>
    public SectionSnapshot(IChangeToken token, int failedLoads, IConfiguration section, SectionSnapshot? before)
    {
        (Token, FailedLoads) = (token, failedLoads);
        Root = new((section as IConfigurationSection)?.Key ?? "", (section as IConfigurationSection)?.Path ?? "");
        foreach (var layer in ConfigurationLayer.Of(section))
        {
            var keys = layer.Read();
            var unavailable = layer.File is { } file ? Retain(file, ref keys, before) : null;
            foreach (var (key, value) in keys)
            {
                Root.Set(key, value, unavailable);
            }
        }

        Names =
        [
            .. Breakers.Select(breaker => breaker.Key).Where(IsName),
            .. Groups.Select(group => group.Key).Where(IsName).Select(GroupNames.SettingsOf),
        ];
        Errors = [.. FindErrors()];
    }

    public IChangeToken Token { get; }

    public int FailedLoads { get; }

    public SettingsNode Root { get; }

    public SettingsNode? Defaults => Root.Find("Defaults");

    /// <summary>Gets the names of the breakers and groups that the section defines (see <see cref="GroupNames"/>).</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Gets the errors that concern no single breaker.</summary>
    public IReadOnlyList<string> Errors { get; }

    private IEnumerable<SettingsNode> Breakers => Root.Find("Breakers")?.Children ?? [];

    private IEnumerable<SettingsNode> Groups => Root.Find(GroupNames.Section)?.Children ?? [];

    /// <summary>Returns the keys of a breaker or group, or <see langword="null"/> if the section does not define it.</summary>
    public SettingsNode? Find(string name) =>
        GroupNames.GroupOf(name) is { } group ? Find(GroupNames.Section, group) : Find("Breakers", name);

    /// <summary>Returns a name as the section spells it, or <see langword="null"/> if the section does not define it.</summary>
    public string? SpellingOf(string name) =>
        Find(name)?.Key is not { } key ? null
        : GroupNames.GroupOf(name) is null ? key
        : GroupNames.SettingsOf(key);

    private SettingsNode? Find(string section, string key) => IsName(key) ? Root.Find(section)?.Find(key) : null;

    private static bool IsName(string key) => key.Length is > 0 and <= FluxgateDefaults.MaxNameLength;

    /// <summary>Returns the file if it is unavailable, and restores the keys that .NET has dropped.</summary>
    private UnavailableFile? Retain(FileConfigurationProvider file, ref Dictionary<string, string?> keys, SectionSnapshot? before)
    {
        // By the source: a ConfigurationManager whose sources change builds new providers of the same sources.
        var retained = before?._files.GetValueOrDefault(file.Source);
        var unavailable = retained is null ? null : UnavailableFile.Of(file);
        if (unavailable is not null && keys.Count == 0)
        {
            keys = retained!;
        }

        if (keys.Count > 0)
        {
            _files[file.Source] = keys;
        }

        return unavailable;
    }

    private IEnumerable<string> FindErrors()
    {
        if (!string.IsNullOrEmpty(Root.Value))
        {
            yield return Root.Invalid($"Expected a section with the keys Defaults, Breakers and {GroupNames.Section}.");
        }

        foreach (var child in Root.Children.Where(child => !Keys.Append(Fleet).Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            yield return child.Unknown(Keys);
        }

        if (Root.Find("Breakers") is { Value.Length: > 0 } breakers)
        {
            yield return breakers.Invalid("Expected a section with a key for each breaker.");
        }

        if (Root.Find(GroupNames.Section) is { Value.Length: > 0 } groups)
        {
            yield return groups.Invalid("Expected a section with a key for each group.");
        }

        foreach (var (kind, node) in Breakers.Select(node => ("breaker", node)).Concat(Groups.Select(node => ("group", node))))
        {
            if (!IsName(node.Key))
            {
                yield return $"{SettingsNode.Shorten(node.Path)}: the name of a {kind} must have 1 to {FluxgateDefaults.MaxNameLength} characters, but has {RuleText.Number(node.Key.Length)}.";
            }
        }
    }
}
