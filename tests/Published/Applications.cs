using System.Buffers;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

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
            .ConfigurePrimaryHttpMessageHandler(() => new Down())
            .AddFluxgateStandardResilienceHandler("payments", standard => standard.Retry.Delay = TimeSpan.FromMilliseconds(1));
        await using var provider = services.BuildServiceProvider();

        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("payments");
        Check.Throws<CallNotPermittedException>(
            () => client.GetAsync(new Uri("/", UriKind.Relative)).GetAwaiter().GetResult(),
            "an open circuit sends nothing"
        );
        var now = provider.GetRequiredKeyedService<FluxgateBreaker>("payments").Snapshot();
        Check.That(now.State == BreakerState.Open && now.RetryAfter < TimeSpan.FromSeconds(31), "rules from configuration");
        var health = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Check.That(health.Status == HealthStatus.Degraded, "an open circuit degrades");
    }

    /// <summary>The binding source generator calls no type converters, so published applications read sections through <c>AddFluxgate</c>.</summary>
    public static async Task ReadEverySettingFromAFile()
    {
        var folder = Directory.CreateTempSubdirectory("fluxgate-");
        var path = Path.Combine(folder.FullName, "appsettings.json");
        await File.WriteAllTextAsync(
            path,
            """
            { "Fluxgate": { "Breakers": { "payments": {
                "Window": "Time(60s, 20)", "Tripper": "FailureStreak(5) | MinRequests(20) & FailureRate(50%)",
                "BreakDuration": "Backoff(10s, x2, max 10m, jitter 10%)", "Permit": "Random(20%) & MaxConcurrent(5)", "Recovery": "After(20s)",
                "ProbeLease": "20s", "ProbeWithoutTraffic": true, "InitialState": "metrics_only",
                "ListenerQueueCapacity": 64, "ListenerFlushTimeout": "2s" } } } }
            """
        );
        var configuration = new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
        var services = new ServiceCollection().AddLogging();
        services
            .AddFluxgate(configuration.GetSection("Fluxgate"))
            .AddBreaker("payments", settings => settings.Randomizer = new Random(1).NextDouble);
        services.AddHealthChecks().AddFluxgate();
        await using var provider = services.BuildServiceProvider();
        var breaker = provider.GetRequiredService<FluxgateBreakers>()["payments"];
        var options = provider.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>();
        var settings = options.Get("payments");
        Check.Equal("Time(1m, 20)", settings.Window.ToString(), "the window");
        Check.Equal("FailureStreak(5) | MinRequests(20) & FailureRate(50%)", breaker.Snapshot().Rule, "the rule");
        Check.Equal("Backoff(10s, x2, max 10m, jitter 10%)", settings.BreakDuration.ToString(), "the break duration");
        Check.Equal("Random(20%) & MaxConcurrent(5)", settings.Permit.ToString(), "the permit");
        Check.Equal("After(20s)", settings.Recovery.ToString(), "the recovery");
        Check.Equal((20, true), (settings.ProbeLease.Seconds, settings.ProbeWithoutTraffic), "the probes");
        Check.Equal(BreakerState.MetricsOnly, breaker.State, "the initial state");
        Check.Equal((64, 2), (settings.ListenerQueueCapacity, settings.ListenerFlushTimeout.Seconds), "the queue of listeners");

        folder.Delete(recursive: true);
        configuration.Reload();
        Check.Equal("FailureStreak(5) | MinRequests(20) & FailureRate(50%)", breaker.Snapshot().Rule, "the rule of a deleted file");
        Check.That(
            !ReferenceEquals(settings, options.Get("payments")) && settings.Randomizer == options.Get("payments").Randomizer,
            "a reload keeps unchanged settings"
        );
        var health = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Check.That(
            ((IReadOnlyDictionary<string, object>)health.Entries["fluxgate"].Data["payments"]).ContainsKey("retained_configuration"),
            "health reports the deleted file"
        );
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
