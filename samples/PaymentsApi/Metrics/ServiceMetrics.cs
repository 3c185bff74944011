using Fluxgate;

namespace PaymentsApi;

/// <summary>What the service counts itself, on the same page as its breakers.</summary>
internal sealed class ServiceMetrics
{
    private readonly Counts _requests = new("http_requests_total", "HTTP requests answered.", "method", "route", "status");
    private readonly Counts _payments = new("payments_total", "Payments by what became of them.", "outcome");
    private readonly DurationRecorder _durations = new(new DurationBuckets(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5));
    private long _centsTaken;
    private long _inProgress;

    /// <exception cref="SettingsRefusedException">A constant label is none that Prometheus takes.</exception>
    public ServiceMetrics(Settings settings)
    {
        foreach (var outcome in Outcomes.All)
        {
            _payments.Add(new(outcome), 0);
        }

        var catalogue = new MetricCatalogue();
        foreach (var (label, value) in settings.MetricLabels)
        {
            catalogue.ConstantLabels[label] = value;
        }

        catalogue.Add(_requests.Family);
        catalogue.Add(_payments.Family);
        catalogue.Add(MetricFamily.Counter("payments_taken_euros_total", "Money taken.", () => Volatile.Read(ref _centsTaken) / 100d));
        catalogue.Add(MetricFamily.Gauge("payments_in_progress", "Payments under way.", () => Volatile.Read(ref _inProgress)));
        catalogue.Add(MetricFamily.Histogram("payment_duration_seconds", "How long payments took, whatever became of them.", _durations));
        try
        {
            Page = new(catalogue);
        }
        catch (ArgumentException error)
        {
            throw new SettingsRefusedException([$"Metrics:Labels: {SettingsReader.Sentence(error)}"]);
        }
    }

    /// <summary>The page: the breakers' families and the service's own.</summary>
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
