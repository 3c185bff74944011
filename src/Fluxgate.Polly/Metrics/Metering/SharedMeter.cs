namespace Fluxgate;

/// <summary>Creates one meter for all who ask for it. Instruments are created outside of every lock, since they call those who listen for them.</summary>
internal sealed class SharedMeter
{
    private BreakerMeter? _meter;

    public BreakerMeter Meter
    {
        get
        {
            if (Volatile.Read(ref _meter) is { } known)
            {
                return known;
            }

            var created = new BreakerMeter(catalogue: null, TimeProvider.System, begin: false);
            if (Interlocked.CompareExchange(ref _meter, created, null) is { } first)
            {
                created.Dispose();
                return first;
            }

            created.Begin();
            return created;
        }
    }
}
