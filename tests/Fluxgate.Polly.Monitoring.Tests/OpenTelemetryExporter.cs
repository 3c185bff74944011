using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Fluxgate;

/// <summary>Compares the Prometheus exporter of OpenTelemetry with the Fluxgate page for the same breakers in one application.</summary>
public sealed class OpenTelemetryExporter
{
    private const string OpenMetrics = "application/openmetrics-text";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_series_has_the_same_name_labels_and_value_on_both_pages()
    {
        await using var application = await Application.StartAsync();
        using var breaker = application.Used("payments");

        var ours = Page.Parse(await application.ReadAsync("/metrics"));
        var theirs = SeriesOf(await application.ReadTextAsync("/otel"));

        Assert.NotEmpty(ours.All);
        Assert.Equal(
            ours.All.Select(series => $"{Text(series)} {series.Value:R}").Order(StringComparer.Ordinal),
            theirs.Select(series => $"{Text(series)} {series.Value:R}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_exporter_adds_the_scope_to_every_series()
    {
        await using var application = await Application.StartAsync();
        using var breaker = application.Used("payments");

        var lines = Lines(await application.ReadTextAsync("/otel"))
            .Where(line => line.StartsWith("circuit_breaker", StringComparison.Ordinal));

        Assert.All(lines, line => Assert.Contains($"otel_scope_name=\"{BreakerMeter.Name}\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_exporter_adds_the_creation_time_of_counters_to_OpenMetrics()
    {
        await using var application = await Application.StartAsync();
        using var breaker = application.Used("payments");

        var theirs = Lines(await application.ReadTextAsync("/otel", OpenMetrics)).ToArray();
        var ours = Lines(await application.ReadTextAsync("/metrics", OpenMetrics)).ToArray();

        Assert.Contains(theirs, line => line.StartsWith("circuit_breaker_requests_created{", StringComparison.Ordinal));
        Assert.DoesNotContain(ours, line => line.Contains("_created{", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(333, null, 333)]
    [InlineData(400, null, 333)]
    [InlineData(400, 4_000, 400)]
    public async Task States_beyond_the_cardinality_limit_need_a_view_that_raises_it(int circuits, int? limit, int shown)
    {
        await using var application = await Application.StartAsync(limit);
        var breakers = Enumerable.Range(0, circuits).Select(number => application.Used($"circuit-{number:000}")).ToArray();

        var theirs = SeriesOf(await application.ReadTextAsync("/otel"));

        var whole = theirs
            .Where(series => series.Name == "circuit_breaker_state" && series.Labels.ContainsKey("circuit_name"))
            .CountBy(series => series.Labels["circuit_name"])
            .Count(states => states.Value == 6);
        Assert.Equal(shown, whole);
        var overflow = theirs.Any(series => series.Name == "circuit_breaker_state" && series.Labels.ContainsKey("otel_metric_overflow"));
        Assert.Equal(shown < circuits, overflow);
        Array.ForEach(breakers, breaker => breaker.Dispose());
    }

    private static IEnumerable<string> Lines(string page) => page.Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    /// <summary>Returns the series of the Fluxgate meter without the labels of its scope.</summary>
    private static List<Series> SeriesOf(string page) =>
        [
            .. Lines(page)
                .Where(line => line.StartsWith("circuit_breaker", StringComparison.Ordinal))
                .Select(line =>
                {
                    var (series, end) = SeriesReader.Read(line);
                    return series with
                    {
                        Labels = series
                            .Labels.Where(label => !label.Key.StartsWith("otel_scope_", StringComparison.Ordinal))
                            .ToDictionary(StringComparer.Ordinal),
                        Value = line[(end + 1)..] is "+Inf"
                            ? double.PositiveInfinity
                            : double.Parse(line[(end + 1)..], System.Globalization.CultureInfo.InvariantCulture),
                    };
                }),
        ];

    private static string Text(Series series) =>
        $"{series.Name}{{{string.Join(',', series.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}}}";

    /// <summary>A web application with both pages.</summary>
    private sealed class Application : IAsyncDisposable
    {
        private readonly WebApplication _application;
        private readonly PrometheusMetrics _metrics;
        private readonly HttpClient _client;

        private Application(WebApplication application, PrometheusMetrics metrics)
        {
            (_application, _metrics) = (application, metrics);
            _client = new() { BaseAddress = new(application.Urls.Single()), Timeout = Deadline };
        }

        public static async Task<Application> StartAsync(int? limit = null)
        {
            var metrics = new PrometheusMetrics();
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder
                .Services.AddOpenTelemetry()
                .WithMetrics(provider =>
                {
                    provider
                        .AddMeter(BreakerMeter.Name)
                        .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0);
                    if (limit is not null)
                    {
                        #region docs/monitoring.md: OpenTelemetry
                        provider.AddView(instrument =>
                            instrument.Meter.Name == BreakerMeter.Name ? new MetricStreamConfiguration { CardinalityLimit = 4_000 } : null
                        );
                        #endregion
                    }
                });
            var application = builder.Build();
            application.MapPrometheusScrapingEndpoint("/otel");
            application.MapFluxgateMetrics(metrics: metrics);
            await application.StartAsync();
            return new(application, metrics);
        }

        public FluxgateBreaker Used(string name)
        {
            var breaker = new FluxgateBreaker(
                name,
                new()
                {
                    Tripper = Tripper.FailureStreak(2) | Tripper.SlowRate(1, TimeSpan.FromSeconds(9)),
                    Listeners = { new PrometheusListener(_metrics), new MeteringListener() },
                }
            );
            foreach (var verdict in new[] { Verdict.Success, Verdict.Failure, Verdict.Failure })
            {
                Assert.True(breaker.TryAdmit(out var admission));
                breaker.Settle(admission, verdict, TimeSpan.FromMilliseconds(20));
            }

            Assert.False(breaker.TryAdmit(out _));
            return breaker;
        }

        public Task<byte[]> ReadAsync(string path) => _client.GetByteArrayAsync(path);

        public async Task<string> ReadTextAsync(string path, string accept = "text/plain")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd(accept);
            using var response = await _client.SendAsync(request);
            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _application.DisposeAsync();
        }
    }
}
