using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace Fluxgate;

/// <summary>Checks breakers by authority inside <c>AddStandardHedgingHandler</c>, which hedges every <c>BrokenCircuitException</c>.</summary>
public sealed class HedgingHandlers
{
    private readonly ConcurrentDictionary<string, FluxgateBreaker> _breakers = new(StringComparer.Ordinal);

    [Fact]
    public async Task A_server_whose_circuit_is_open_is_skipped_without_a_request()
    {
        await using var down = await HttpUpstream.StartAsync();
        await using var well = await HttpUpstream.StartAsync();
        down.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        await using var services = Services(down, well);
        using var client = services.Client();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(new Uri("http://payments/")));
        }

        Assert.Equal((2, 5), (down.Requests.Count, well.Requests.Count));
        Assert.Equal((BreakerState.Open, 3), (Of(down).State, Of(down).Snapshot().Rejected));
        Assert.Equal((BreakerState.Closed, 5), (Of(well).State, Of(well).Snapshot().Successes));
    }

    private FluxgateBreaker Of(HttpUpstream upstream) => _breakers[upstream.Address.GetLeftPart(UriPartial.Authority)];

    private ServiceProvider Services(HttpUpstream first, HttpUpstream second)
    {
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments");
        client
            .AddStandardHedgingHandler(routing =>
                routing.ConfigureOrderedGroups(options =>
                {
                    options.Groups.Add(new() { Endpoints = { new() { Uri = first.Address } } });
                    options.Groups.Add(new() { Endpoints = { new() { Uri = second.Address } } });
                })
            )
            .Configure(options =>
            {
                // Never by time: only failures are hedged, so that the test depends on no clock.
                options.Hedging.Delay = TimeSpan.FromSeconds(-1);
                options.Hedging.MaxHedgedAttempts = 1;
            });
        client
            .AddResilienceHandler(
                "breaker",
                (pipeline, context) =>
                    pipeline.AddTransient(
                        _breakers.GetOrAdd(context.InstanceName, static name => new(name, new() { Tripper = Tripper.FailureStreak(2) }))
                    )
            )
            .SelectPipelineByAuthority();
        return collection.BuildServiceProvider();
    }
}
