using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>
/// One reading for all instruments of a collection: collecting asks one instrument after the other and says neither when it begins nor when
/// it ends. So an instrument that is asked again begins a new reading, and so does one that comes late.
/// </summary>
internal sealed class SharedReading(BreakerMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(100);

    // Weak: a reading holds its breakers, and after the last instrument nobody says that it is over.
    private readonly WeakReference<Shared?> _current = new(null);

    public MetricsReading For(MetricFamily family)
    {
        if (_current.TryGetTarget(out var current) && current.TryServe(family))
        {
            return current.Reading;
        }

        var next = new Shared(metrics.Read(), time);
        next.TryServe(family);
        _current.SetTarget(next);
        return next.Reading;
    }

    private sealed class Shared(MetricsReading reading, TimeProvider time)
    {
        private readonly long _readAt = time.GetTimestamp();
        private readonly ConcurrentDictionary<MetricFamily, bool> _served = new();

        public MetricsReading Reading => reading;

        public bool TryServe(MetricFamily family) => time.GetElapsedTime(_readAt) < Freshness && _served.TryAdd(family, true);
    }
}
