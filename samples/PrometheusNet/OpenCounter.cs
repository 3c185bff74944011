using Fluxgate;
using Prometheus;

namespace PrometheusNet;

/// <summary>Counts how often each circuit opened, with a counter of prometheus-net.</summary>
#region docs/monitoring.md: prometheus-net
internal sealed class OpenCounter : ICircuitListener
{
    private static readonly Counter Opened = Metrics.CreateCounter(
        "circuit_breaker_open_total",
        "How often the circuit opened.",
        "circuit_name"
    );

    public void OnAttached(FluxgateBreaker breaker) => Opened.WithLabels(breaker.Name); // there from the start, at 0

    public void OnSignal(Signal signal)
    {
        if (signal.NewState == BreakerState.Open)
        {
            Opened.WithLabels(signal.CircuitName).Inc();
        }
    }
}
#endregion
