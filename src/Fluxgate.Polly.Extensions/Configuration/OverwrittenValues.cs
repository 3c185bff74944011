using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Tells of values of the configuration that code overwrites: at start, and when a change of them has no effect.</summary>
internal sealed class OverwrittenValues(ILogger log)
{
    private readonly ConcurrentDictionary<string, OverwrittenValue> _told = new(BreakerNames.Comparer);

    public void Tell(FluxgateBreakerSettings settings)
    {
        foreach (var value in SettingsReading.Of(settings).Overwritten)
        {
            if (!_told.TryGetValue(value.Path, out var told) || told != value)
            {
                _told[value.Path] = value;
                log.ValueOverwritten(value.Path, SettingsReader.Shown(value.Text), value.InForce);
            }
        }
    }
}
