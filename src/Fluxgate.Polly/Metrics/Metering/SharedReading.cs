namespace Fluxgate;

/// <summary>
/// One reading for all instruments of a collection: collecting asks one instrument after the other, in the order in which they were begun,
/// and says neither when it begins nor when it ends. So an instrument that is not behind the last one begins a new reading, and so does one
/// that comes late. The last one stays until then: it holds no breaker.
/// </summary>
internal sealed class SharedReading(BreakerMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(100);

    private volatile Shared? _current;

    /// <param name="place">The instrument's, in the order in which they were begun.</param>
    public MetricsReading For(int place)
    {
        var current = _current;
        if (current is null || !current.TryServe(place))
        {
            _current = current = new Shared(metrics.Read(), place, time);
        }

        return current.Reading;
    }

    private sealed class Shared(MetricsReading reading, int place, TimeProvider time)
    {
        private readonly long _readAt = time.GetTimestamp();
        private int _last = place;

        public MetricsReading Reading => reading;

        // Of two collections at once, one begins anew.
        public bool TryServe(int next)
        {
            var last = Volatile.Read(ref _last);
            return next > last && time.GetElapsedTime(_readAt) < Freshness && Interlocked.CompareExchange(ref _last, next, last) == last;
        }
    }
}
