using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Fills settings: the defaults of all sources first, then what each says about the breaker; within both, in the order they were added.</summary>
internal sealed class SettingsLayers : IConfigureNamedOptions<FluxgateBreakerSettings>
{
    private readonly (int Order, SettingsSource Source)[] _forAll;
    private readonly ILookup<string, (int Order, SettingsSource Source)> _forOne;

    public SettingsLayers(IEnumerable<SettingsSource> sources)
    {
        var ordered = sources.Select((source, order) => (Order: order, Source: source)).ToArray();
        _forAll = [.. ordered.Where(layer => layer.Source.OnlyFor is null)];
        // Each breaker looks up its own: to ask the sources of all others takes time quadratic in their number.
        _forOne = ordered.Where(layer => layer.Source.OnlyFor is not null).ToLookup(layer => layer.Source.OnlyFor!, BreakerNames.Comparer);
    }

    public void Configure(FluxgateBreakerSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, FluxgateBreakerSettings options)
    {
        var reading = SettingsReading.Of(options);
        foreach (var (_, source) in _forAll)
        {
            source.ApplyDefaults(options, reading);
        }

        // What a breaker's own settings say instead of the defaults overwrites nothing.
        reading.Compare(options);
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        foreach (var (_, source) in _forAll.Concat(_forOne[name]).OrderBy(layer => layer.Order))
        {
            source.Apply(name, options, reading);
        }
    }
}
