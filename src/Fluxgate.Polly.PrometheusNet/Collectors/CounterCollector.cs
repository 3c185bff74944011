using Prometheus;

namespace Fluxgate;

internal sealed class CounterCollector(Counter counter) : SeriesCollector<Counter.Child>(counter)
{
    protected override void Set(in SeriesValue series)
    {
        // Less than before: the name's breakers were gone, and another one began anew between two collections.
        if (Child(series.Labels).Value > series.Sample.Value)
        {
            Remove(series.Labels);
        }

        Child(series.Labels).IncTo(series.Sample.Value);
    }
}
