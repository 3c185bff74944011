using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Fills settings: the defaults of all sources first, then what each says about the breaker; within both, in the order they were added.</summary>
internal sealed class SettingsLayers(IEnumerable<SettingsSource> sources) : IConfigureNamedOptions<FluxgateBreakerSettings>
{
    private readonly SettingsSource[] _sources = [.. sources];

    public void Configure(FluxgateBreakerSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, FluxgateBreakerSettings options)
    {
        var reading = SettingsReading.Of(options);
        foreach (var source in _sources)
        {
            source.ApplyDefaults(options, reading);
        }

        // What a breaker's own settings say instead of the defaults overwrites nothing.
        reading.Compare(options);
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        foreach (var source in _sources)
        {
            source.Apply(name, options, reading);
        }
    }
}
