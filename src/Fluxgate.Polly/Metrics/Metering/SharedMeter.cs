namespace Fluxgate;

/// <summary>Creates the process-wide meter on first use. Instruments are created outside of every lock, because they call listeners.</summary>
internal sealed class SharedMeter
{
    private BreakerMeter? _meter;

    public BreakerMeter Meter
    {
        get
        {
            if (Volatile.Read(ref _meter) is { } existing)
            {
                return existing;
            }

            var created = new BreakerMeter(catalog: null, TimeProvider.System, begin: false);
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
