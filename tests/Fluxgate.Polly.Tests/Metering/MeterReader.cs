using System.Diagnostics.Metrics;

namespace Fluxgate;

/// <summary>Listens to the instruments of one meter as dotnet-counters does, and records the measurements under the names of the catalog.</summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _received = new(StringComparer.Ordinal);

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
                Received.Add($"{names.GetValueOrDefault(instrument.Name, instrument.Name)}{{{labels}}} {RuleText.Number(value)}");
                _received[Received[^1][..Received[^1].LastIndexOf(' ')]] = value;
                OnMeasurement?.Invoke();
            }
        );
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>Gets all measurements, in order: <c>circuit_breaker_reopens{circuit_name="payments"} 0</c>.</summary>
    public List<string> Received { get; } = [];

    /// <summary>Called at each measurement.</summary>
    public Action? OnMeasurement { get; init; }

    public double this[string series] => _received[series];

    /// <summary>Collects all observable instruments once.</summary>
    public IReadOnlyList<string> Collect()
    {
        Received.Clear();
        _received.Clear();
        _listener.RecordObservableInstruments();
        return [.. Received];
    }

    public void Dispose() => _listener.Dispose();
}
