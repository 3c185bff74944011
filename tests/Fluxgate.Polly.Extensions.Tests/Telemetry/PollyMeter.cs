using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Fluxgate;

/// <summary>Records the events of one pipeline on the meter of Polly. The meter is process-wide, so other pipelines are filtered out.</summary>
internal sealed class PollyMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly string _pipeline;

    public PollyMeter(string pipeline)
    {
        _pipeline = pipeline;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Polly", Name: "resilience.polly.strategy.events" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>(Record);
        _listener.Start();
    }

    /// <summary>The tags of each event, with the value added to the counter under <c>count</c>.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, object?>> Events { get; } = new();

    /// <summary>Returns the tag of each Fluxgate event, in order.</summary>
    public IEnumerable<object?> Ours(string tag) =>
        Events
            .Where(tags => $"{tags["event.name"]}".StartsWith("Fluxgate.", StringComparison.Ordinal))
            .Select(tags => tags.GetValueOrDefault(tag));

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, int count, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var all = new Dictionary<string, object?>(StringComparer.Ordinal) { ["count"] = count };
        foreach (var tag in tags)
        {
            all[tag.Key] = tag.Value;
        }

        if (Equals(all.GetValueOrDefault("pipeline.name"), _pipeline))
        {
            Events.Enqueue(all);
        }
    }
}
