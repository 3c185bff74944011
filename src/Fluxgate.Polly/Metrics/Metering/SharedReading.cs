namespace Fluxgate;

/// <summary>
/// Shares one reading between all instruments of a collection. A collection reads the instruments one after the other, in the order in which they
/// were created, and has no start or end event. Therefore a new reading starts when an instrument does not follow the last one in this
/// order, or when the reading is too old. The last reading is kept until then; it references no breaker.
/// </summary>
internal sealed class SharedReading(BreakerMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(100);

    private volatile Shared? _current;

    /// <summary>Returns the reading for an instrument.</summary>
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

        // If two collections run at once, one of them starts a new reading.
        public bool TryServe(int next)
        {
            var last = Volatile.Read(ref _last);
            return next > last && time.GetElapsedTime(_readAt) < Freshness && Interlocked.CompareExchange(ref _last, next, last) == last;
        }
    }
}
