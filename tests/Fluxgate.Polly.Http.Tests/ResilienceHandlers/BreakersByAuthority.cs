using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>One client, several servers: <c>SelectPipelineByAuthority</c> gives each a pipeline, and each pipeline has a breaker.</summary>
public sealed class BreakersByAuthority
{
    private readonly ConcurrentDictionary<string, FluxgateBreaker> _breakers = new(StringComparer.Ordinal);

    [Fact]
    public async Task Paths_and_queries_of_one_server_share_one_circuit()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("payments")
            .AddResilienceHandler("x", (pipeline, context) => pipeline.AddTransient(BreakerOf(context.InstanceName)))
            .SelectPipelineByAuthority();
        await using var services = collection.BuildServiceProvider();
        using var client = services.Client();

        await client.StatusAsync(new Uri(upstream.Address, "/pay?amount=42"));

        await client.RejectedAsync(new Uri(upstream.Address, "/refund"));
        Assert.Equal(Authority(upstream), Assert.Single(_breakers).Key);
    }

    [Fact]
    public async Task A_breaker_of_a_pipeline_is_named_by_client_handler_and_authority()
    {
        await using var down = await HttpUpstream.StartAsync();
        await using var well = await HttpUpstream.StartAsync();
        down.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("payments")
            .AddResilienceHandler(
                "x",
                pipeline =>
                    pipeline.AddFluxgateBreaker(
                        new FluxgateBreakerOptions<HttpResponseMessage>
                        {
                            Settings = new() { Tripper = Tripper.FailureStreak(1) },
                            Tracker = HttpTracker.TransientErrors,
                        }
                    )
            )
            .SelectPipelineByAuthority();
        await using var services = collection.BuildServiceProvider();
        using var client = services.Client();

        await client.StatusAsync(down.Address);

        Assert.Equal($"payments-x/{Authority(down)}", (await client.RejectedAsync(down.Address)).CircuitName);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(well.Address));
    }

    [Fact]
    public async Task A_custom_key_selects_the_breaker()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError), HttpUpstream.Status(HttpStatusCode.OK));
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("payments")
            .AddResilienceHandler("x", (pipeline, context) => pipeline.AddTransient(BreakerOf(context.InstanceName)))
            .SelectPipelineBy(_ => request => request.RequestUri!.AbsolutePath);
        await using var services = collection.BuildServiceProvider();
        using var client = services.Client();

        await client.StatusAsync(new Uri(upstream.Address, "/tenants/a"));

        Assert.Equal("/tenants/a", (await client.RejectedAsync(new Uri(upstream.Address, "/tenants/a"))).CircuitName);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(new Uri(upstream.Address, "/tenants/b")));
    }

    private static string Authority(HttpUpstream upstream) => upstream.Address.GetLeftPart(UriPartial.Authority);

    private FluxgateBreaker BreakerOf(string authority) =>
        _breakers.GetOrAdd(authority, static name => new(name, new() { Tripper = Tripper.FailureStreak(1) }));
}
