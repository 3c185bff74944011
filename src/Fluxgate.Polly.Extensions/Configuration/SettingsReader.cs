using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>
/// Fills settings from all sources: first the defaults of every source, then the settings of the breaker, both in the order of the sources.
/// Keys are read without reflection, so that every error has path, value and expected format.
/// </summary>
internal sealed class SettingsReader : IConfigureNamedOptions<FluxgateBreakerSettings>
{
    private static readonly string[] InCodeOnly = [nameof(FluxgateBreakerSettings.Listeners), nameof(FluxgateBreakerSettings.Randomizer)];

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
                ReadDefaults(section.Current, options, result);
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
            else if (source.Section.Current.Find(name) is { } breaker)
            {
                Read(breaker, options, result);
            }
        }
    }

    /// <summary>Returns the errors of a section that concern no single breaker, those of its defaults included.</summary>
    public static IEnumerable<string> ErrorsOf(SectionSnapshot section)
    {
        var result = new SettingsReadResult();
        ReadDefaults(section, new(), result);
        return result.Errors;
    }

    private static void ReadDefaults(SectionSnapshot section, FluxgateBreakerSettings settings, SettingsReadResult result)
    {
        result.AddErrors(section.Errors);
        if (section.Defaults is { } defaults)
        {
            Read(defaults, settings, result);
        }
    }

    private static void Read(SettingsNode section, FluxgateBreakerSettings settings, SettingsReadResult result)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            result.AddErrors(section.Invalid($"Expected a section with the keys {string.Join(", ", SettingsKey.All.Keys)}."));
        }

        foreach (var node in section.Children)
        {
            if (SettingsKey.All.TryGetValue(node.Key, out var key))
            {
                Read(key, node, settings, result);
            }
            else
            {
                result.AddErrors(
                    InCodeOnly.Contains(node.Key, StringComparer.OrdinalIgnoreCase)
                        ? $"{node.Path}: {node.Key} can only be set in code."
                        : node.Unknown(SettingsKey.All.Keys)
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
