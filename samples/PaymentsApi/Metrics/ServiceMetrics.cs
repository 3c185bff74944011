using Fluxgate;

namespace PaymentsApi;

/// <summary>The metrics of the service, on the same page as those of its breakers.</summary>
internal sealed class ServiceMetrics
{
    private readonly LabeledCounter _requests = new("http_requests_total", "HTTP requests by status.", "method", "route", "status");
    private readonly LabeledCounter _payments = new("payments_total", "Payments by outcome.", "outcome");
    private readonly DurationRecorder _durations = new(new DurationBuckets(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5));
    private long _centsTaken;
    private long _inProgress;

    /// <summary>Creates the metrics.</summary>
    /// <exception cref="InvalidSettingsException">A constant label is invalid in Prometheus.</exception>
    public ServiceMetrics(Settings settings)
    {
        foreach (var outcome in Outcomes.All)
        {
            _payments.Add(new(outcome), 0);
        }

        var catalog = new MetricCatalog();
        foreach (var (label, value) in settings.MetricLabels)
        {
            catalog.ConstantLabels[label] = value;
        }

        catalog.Add(_requests.Family);
        catalog.Add(_payments.Family);
        catalog.Add(
            MetricFamily.Counter(
                "payments_taken_euros_total",
                "The total amount of the payments taken.",
                () => Volatile.Read(ref _centsTaken) / 100d
            )
        );
        catalog.Add(MetricFamily.Gauge("payments_in_progress", "Payments in progress.", () => Volatile.Read(ref _inProgress)));
        catalog.Add(MetricFamily.Histogram("payment_duration_seconds", "The duration of payments with any outcome.", _durations));
        try
        {
            Page = new(catalog);
        }
        catch (ArgumentException error)
        {
            throw new InvalidSettingsException([$"Metrics:Labels: {SettingsReader.MessageOf(error)}"]);
        }
    }

    /// <summary>Gets the page with the metrics of the breakers and the service.</summary>
    public PrometheusMetrics Page { get; }

    public void CountRequest(string method, string route, string status) => _requests.Add(new(method, route, status));

    public void BeginPayment() => Interlocked.Increment(ref _inProgress);

    public void EndPayment(string? outcome, decimal amount, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inProgress);
        if (outcome is null)
        {
            return;
        }

        _payments.Add(new(outcome));
        _durations.Record(duration);
        if (outcome == Outcomes.Taken)
        {
            Interlocked.Add(ref _centsTaken, (long)(amount * 100));
        }
    }
}
