using System.Buffers;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Polly;

namespace Fluxgate;

/// <summary>Containers, configuration, clients and metrics.</summary>
internal static class Applications
{
    public static async Task HaveNamedBreakers()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Defaults:BreakDuration"] = "Fixed(30s)",
                    ["Breakers:payments:Tripper"] = "FailureStreak(2)",
                }
            )
            .Build();
        var services = new ServiceCollection().AddLogging();
        services.AddFluxgate(configuration);
        services.AddFluxgateListener<LogListener>();
        services.AddHealthChecks().AddFluxgate();
        services
            .AddHttpClient("payments", client => client.BaseAddress = new("http://payments.example"))
            .AddFluxgateHandler(
                (pipeline, provider) =>
                    pipeline.AddFluxgateStandard(
                        provider.GetRequiredService<FluxgateBreakers>()["payments"],
                        standard => standard.RetryDelay = TimeSpan.FromMilliseconds(1)
                    )
            )
            .ConfigurePrimaryHttpMessageHandler(() => new Down());
        await using var provider = services.BuildServiceProvider();

        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("payments");
        Check.Throws<CallNotPermittedException>(
            () => client.GetAsync(new Uri("/", UriKind.Relative)).GetAwaiter().GetResult(),
            "an open circuit sends nothing"
        );
        var now = provider.GetRequiredKeyedService<FluxgateBreaker>("payments").Snapshot();
        Check.That(now.State == BreakerState.Open && now.RetryAfter <= TimeSpan.FromSeconds(30), "rules from configuration");
        var health = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Check.That(health.Status == HealthStatus.Degraded, "an open circuit degrades");
    }

    public static void AreMeasured()
    {
        var metrics = new PrometheusMetrics(new() { ConstantLabels = { ["service"] = "shop" } });
        using var meter = new BreakerMeter();
        var breaker = new FluxgateBreaker(
            "payments",
            new() { Listeners = { new PrometheusListener(metrics), new MeteringListener(meter) } }
        );
        breaker.Admit().Settle(Verdict.Success);

        Check.That(
            Page(PageFormat.Text)
                .Contains("circuit_breaker_requests_total{circuit_name=\"payments\",service=\"shop\"} 1\n", StringComparison.Ordinal),
            "text"
        );
        Check.That(Page(PageFormat.OpenMetrics).EndsWith("# EOF\n", StringComparison.Ordinal), "OpenMetrics");

        var requests = 0d;
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name is "circuit_breaker.requests")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => requests = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Check.That(requests == 1, "the meter");

        string Page(PageFormat format)
        {
            var page = new ArrayBufferWriter<byte>();
            metrics.Write(page, format);
            return Encoding.UTF8.GetString(page.WrittenSpan);
        }
    }

    private sealed class Down : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable));
    }
}
