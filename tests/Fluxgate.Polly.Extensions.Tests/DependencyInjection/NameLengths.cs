using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Polly;

namespace Fluxgate;

/// <summary>Checks a breaker with the shortest or the longest name in every use.</summary>
public sealed class NameLengths
{
    public static TheoryData<string> Names =>
        ["x", " ", "\n", "/", new('x', 256), new('支', 256), new('"', 256), string.Concat(Enumerable.Repeat("\U0001F4B3", 128))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_of_any_length_and_script_works_everywhere(string name)
    {
        var metrics = new PrometheusMetrics();
        var log = new RecordedLog<LogListener>();
        using var meter = new BreakerMeter();
        await using var services = DiContainer.Of(services =>
        {
            services.AddLogging();
            services.AddSingleton<ILogger<LogListener>>(log);
            services.AddFluxgate().AddBreaker(name);
            services
                .AddFluxgateListener<LogListener>(name)
                .AddFluxgateListener(name, new PrometheusListener(metrics))
                .AddFluxgateListener(name, new MeteringListener(meter));
            services.AddHealthChecks().AddFluxgate().AddFluxgateBreaker(name);
        });
        await services.StartAsync();
        var breaker = services.GetRequiredKeyedService<FluxgateBreaker>(name);
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(services, name).Build();

        breaker.Trip();

        var rejection = Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => { }));
        var health = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        using var page = new MemoryStream();
        await metrics.WriteAsync(page);
        Assert.Equal(name, rejection.CircuitName);
        Assert.Equal(2, health.Entries.Count);
        Assert.All(health.Entries.Values, entry => Assert.Equal(HealthStatus.Degraded, entry.Status));
        Assert.Contains(name, health.Entries["fluxgate"].Data.Keys);
        Assert.Single(metrics.Breakers.Read().Circuits);
        Assert.Single(meter.Breakers.Read().Circuits);
        Assert.True(page.Length > 0);
        Assert.Equal(name.Replace('\n', ' '), Assert.Single(log.Entries).Properties["CircuitName"]);
        Assert.Equal(0, breaker.Snapshot().UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void An_unknown_name_of_any_length_throws_with_a_short_message()
    {
        using var services = DiContainer.Of(services => services.AddFluxgate().AddBreaker("payments"));

        Assert.All(
            (string[])["", new('x', 257), new('x', 1_000_000)],
            name =>
            {
                Assert.False(services.Breakers().TryGet(name, out _));
                Assert.InRange(Assert.Throws<KeyNotFoundException>(() => services.Breakers()[name]).Message.Length, 1, 1_000);
            }
        );
    }
}
