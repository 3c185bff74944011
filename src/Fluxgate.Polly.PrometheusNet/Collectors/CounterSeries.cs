using Prometheus;

namespace Fluxgate;

/// <summary>The series of a counter.</summary>
internal sealed class CounterSeries(Counter counter, MetricFamily family, string? circuit) : ChildSeries<Counter.Child>(family, circuit)
{
    protected override Counter.Child Set(Counter.Child? child, in MetricSample before, in MetricSample now)
    {
        if (child?.Value > now.Value)
        {
            // Between two collections the breakers of this name were disposed and a new one was created.
            child.Remove();
            child = null;
        }

        child ??= counter.WithLabels(LabelsOf(now.Labels));
        child.IncTo(now.Value);
        return child;
    }
}
