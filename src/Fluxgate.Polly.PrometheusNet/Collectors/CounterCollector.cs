using Prometheus;

namespace Fluxgate;

/// <summary>Sets the series of a counter.</summary>
internal sealed class CounterCollector(Counter counter) : SeriesCollector<Counter.Child>(counter)
{
    protected override void Set(in SeriesValue series)
    {
        // A lower value: between two collections the breakers of this name were disposed and a new one was created.
        if (Child(series.Labels).Value > series.Sample.Value)
        {
            Remove(series.Labels);
        }

        Child(series.Labels).IncTo(series.Sample.Value);
    }
}
