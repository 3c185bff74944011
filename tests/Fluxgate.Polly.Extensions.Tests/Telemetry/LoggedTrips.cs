using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Checks the log entries of one trip where both <see cref="LogListener"/> and the telemetry of Polly.Extensions write.</summary>
public sealed class LoggedTrips : IDisposable
{
    private static readonly string[] Known = ["OnCircuitOpened", "Fluxgate.OnOpened", "FailureStreak 2 >= 2"];

    private readonly TelemetryLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Pollys_breaker_logs_a_trip_as_one_error()
    {
        await TripAsync(
            Services(),
            (builder, _) =>
                builder.AddCircuitBreaker(
                    new()
                    {
                        FailureRatio = 1,
                        MinimumThroughput = 2,
                        BreakDuration = TimeSpan.FromSeconds(60),
                    }
                )
        );

        Assert.Equal(["Polly: OnCircuitOpened"], Errors());
    }

    [Fact]
    public async Task LogListener_and_Pollys_telemetry_each_log_a_trip_as_an_error()
    {
        await TripOursAsync(Services());

        Assert.Equal(["Polly: Fluxgate.OnOpened", "Fluxgate.LogListener: FailureStreak 2 >= 2"], Errors().OrderDescending());
    }

    [Fact]
    public async Task A_lower_severity_of_our_events_leaves_one_error_for_each_trip()
    {
        using var meter = new PollyMeter("payments");
        var services = Services();

        #region docs/migrating.md: One error in the log for each trip
        services.Configure<TelemetryOptions>(telemetry =>
            telemetry.SeverityProvider = arguments =>
                arguments.Event.EventName.StartsWith("Fluxgate.", StringComparison.Ordinal)
                    ? ResilienceEventSeverity.Debug
                    : arguments.Event.Severity
        );
        #endregion

        await TripOursAsync(services);

        Assert.Equal(["Fluxgate.LogListener: FailureStreak 2 >= 2"], Errors());
        Assert.DoesNotContain(_log.Lines, line => line.Text.Contains("Fluxgate.OnOpened", StringComparison.Ordinal));
        Assert.Equal(["Fluxgate.OnOpened"], meter.Ours("event.name"));
        Assert.Equal(["Debug"], meter.Ours("event.severity"));
    }

    private IEnumerable<string> Errors() =>
        _log
            .Lines.Where(line => line.Level == LogLevel.Error)
            .Select(line => $"{line.Category}: {Known.Single(word => line.Text.Contains(word, StringComparison.Ordinal))}");

    private ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(_log));
        return services;
    }

    private static Task TripOursAsync(ServiceCollection services)
    {
        services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2));
        services.AddFluxgateListener<LogListener>();
        return TripAsync(services, (builder, provider) => builder.AddFluxgateBreaker(provider, "payments"));
    }

    private static async Task TripAsync(ServiceCollection services, Action<ResiliencePipelineBuilder, IServiceProvider> add)
    {
        services.AddResiliencePipeline("payments", (builder, context) => add(builder, context.ServiceProvider));
        await using var provider = services.BuildServiceProvider();
        var pipeline = provider.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("payments");
        await pipeline.FailAsync();
        await pipeline.FailAsync();
        await Assert.ThrowsAnyAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(static _ => default));
    }
}
