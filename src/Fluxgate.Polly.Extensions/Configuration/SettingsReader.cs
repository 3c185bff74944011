using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>
/// Fills settings from all sources: first the defaults of every source, then the settings of the breaker, both in the order of the sources.
/// Keys are read without reflection, so that every error has path, value and expected format.
/// </summary>
internal sealed class SettingsReader : IConfigureNamedOptions<FluxgateBreakerSettings>
{
    private const string Overrides = nameof(BreakerGroupOptions.Overrides);
    private const string Key = "Key";

    private static readonly string[] InCodeOnly =
    [
        nameof(FluxgateBreakerSettings.Listeners),
        nameof(FluxgateBreakerSettings.ProbeGate),
        nameof(FluxgateBreakerSettings.Randomizer),
    ];

    private readonly (int Order, SettingsSource Source)[] _forAll;
    private readonly ILookup<string, (int Order, SettingsSource Source)> _forOne;

    public SettingsReader(IEnumerable<SettingsSource> sources)
    {
        var ordered = sources.Select((source, order) => (Order: order, Source: source)).ToArray();
        _forAll = [.. ordered.Where(one => one.Source.Name is null)];
        // Each breaker looks up its own sources: a scan of all would take time quadratic in the number of breakers.
        _forOne = ordered.Where(one => one.Source.Name is not null).ToLookup(one => one.Source.Name!, StringComparer.OrdinalIgnoreCase);
    }

    public void Configure(FluxgateBreakerSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, FluxgateBreakerSettings options)
    {
        var result = SettingsReadResult.Of(options);
        foreach (var (_, source) in _forAll)
        {
            source.Configure?.Invoke(options);
            if (source.Section is { } section)
            {
                ReadDefaults(section.Current, options);
            }
        }

        // A breaker's own setting replaces a default. That is no overwritten value.
        result.FindOverwritten(options);
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        foreach (var (_, source) in _forAll.Where(one => one.Source.Section is not null).Concat(_forOne[name]).OrderBy(one => one.Order))
        {
            if (source.Section is null)
            {
                source.Configure?.Invoke(options);
            }
            else if (source.Section.Current.Find(name) is { } section)
            {
                if (GroupNames.GroupOf(name) is null)
                {
                    Read(section, options, SettingsKey.All);
                }
                else
                {
                    Read(section, options, SettingsKey.OfGroup, Overrides);
                    ReadOverrides(section.Find(Overrides), options);
                }
            }
        }
    }

    /// <summary>Returns the errors of a section that concern no single breaker, those of its defaults included.</summary>
    public static IEnumerable<string> ErrorsOf(SectionSnapshot section)
    {
        var settings = new FluxgateBreakerSettings();
        ReadDefaults(section, settings);
        return SettingsReadResult.Of(settings).Errors;
    }

    private static void ReadDefaults(SectionSnapshot section, FluxgateBreakerSettings settings)
    {
        SettingsReadResult.Of(settings).AddErrors(section.Errors);
        if (section.Defaults is { } defaults)
        {
            Read(defaults, settings, SettingsKey.All);
        }
    }

    /// <summary>Reads the settings of single keys: a list, because a key such as <c>https://host:8443</c> contains the separator of the configuration.</summary>
    private static void ReadOverrides(SettingsNode? section, FluxgateBreakerSettings settings)
    {
        var (result, group) = (SettingsReadResult.Of(settings), SettingsReadResult.GroupOf(settings));
        if (!string.IsNullOrEmpty(section?.Value))
        {
            result.AddErrors(
                section.Invalid($"Expected a list of sections, each with {Key} and the keys {string.Join(", ", SettingsKey.All.Keys)}.")
            );
        }

        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in section?.Children ?? [])
        {
            if (node.Find(Key) is not { Value: { Length: > 0 } key, HasChildren: false })
            {
                result.AddErrors($"{node.Path}: {Key} is missing. Expected the key of the circuit, such as 'acme' or 'https://host:8443'.");
            }
            else if (!paths.TryAdd(key, node.Path))
            {
                result.AddErrors(node.Find(Key)!.Invalid($"{paths[key]} has this {Key} already."));
            }
            else
            {
                group.Configure(key, own => Read(node, own, SettingsKey.All, Key));
            }
        }
    }

    /// <summary>Reads the keys of a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="settings">The settings that receive the values.</param>
    /// <param name="keys">The keys that the section may have.</param>
    /// <param name="another">A further key, which the caller reads.</param>
    private static void Read(
        SettingsNode section,
        FluxgateBreakerSettings settings,
        IReadOnlyDictionary<string, SettingsKey> keys,
        string? another = null
    )
    {
        var result = SettingsReadResult.Of(settings);
        string[] known = another is null ? [.. keys.Keys] : [.. keys.Keys, another];
        if (!string.IsNullOrEmpty(section.Value))
        {
            result.AddErrors(section.Invalid($"Expected a section with the keys {string.Join(", ", known)}."));
        }

        foreach (var node in section.Children)
        {
            if (keys.TryGetValue(node.Key, out var key))
            {
                Read(key, node, settings, result);
            }
            else if (!string.Equals(node.Key, another, StringComparison.OrdinalIgnoreCase))
            {
                result.AddErrors(
                    InCodeOnly.Contains(node.Key, StringComparer.OrdinalIgnoreCase)
                        ? $"{node.Path}: {node.Key} can only be set in code."
                        : node.Unknown(known)
                );
            }
        }
    }

    private static void Read(SettingsKey key, SettingsNode node, FluxgateBreakerSettings settings, SettingsReadResult result)
    {
        if (node.HasChildren)
        {
            result.AddInvalid(key, $"{node.Path}: expected text, but found a section.");
            return;
        }

        try
        {
            result.AddValue(key, node, key.Read(node.Value ?? "", settings));
        }
        catch (FormatException error)
        {
            result.AddInvalid(key, node.Invalid(error.Message));
        }
    }
}
