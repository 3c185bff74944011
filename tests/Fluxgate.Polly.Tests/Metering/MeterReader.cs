using System.Diagnostics.Metrics;

namespace Fluxgate;

/// <summary>Listens to the instruments of one meter as dotnet-counters does, and remembers what it hears, in the words of the catalogue.</summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _heard = new(StringComparer.Ordinal);

    public MeterReader(BreakerMeter meter, Func<Instrument, bool>? wanted = null)
    {
        var names = meter.Breakers.Families.ToDictionary(family => family.InstrumentName, family => family.Name, StringComparer.Ordinal);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter.Instruments) && wanted?.Invoke(instrument) != false)
            {
                Instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) =>
            {
                var labels = string.Join(",", tags.ToArray().Select(tag => $"{tag.Key}=\"{tag.Value}\""));
                Heard.Add($"{names.GetValueOrDefault(instrument.Name, instrument.Name)}{{{labels}}} {RuleText.Number(value)}");
                _heard[Heard[^1][..Heard[^1].LastIndexOf(' ')]] = value;
                Hearing?.Invoke();
            }
        );
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>Everything, in the order in which it came: <c>circuit_breaker_reopens{circuit_name="payments"} 0</c>.</summary>
    public List<string> Heard { get; } = [];

    /// <summary>Called at each measurement.</summary>
    public Action? Hearing { get; init; }

    public double this[string series] => _heard[series];

    /// <summary>Asks all observable instruments once.</summary>
    public IReadOnlyList<string> Collect()
    {
        Heard.Clear();
        _heard.Clear();
        _listener.RecordObservableInstruments();
        return [.. Heard];
    }

    public void Dispose() => _listener.Dispose();
}
