using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>Checks an outage and a recovery of a server through each handler with default settings.</summary>
public sealed class OutagesThroughHandlers : IAsyncLifetime
{
    private static readonly Uri Payments = new("http://payments/");

    private readonly HttpWorld _world = new();
    private HttpUpstream _server = null!;
    private HttpUpstream _other = null!;

    public async Task InitializeAsync() => (_server, _other) = (await _world.ServerAsync(), await _world.ServerAsync());

    public async Task DisposeAsync() => await _world.EndAsync();

    [Fact]
    public async Task The_circuit_opens_and_closes_through_a_resilience_handler()
    {
        _world.Services.AddFluxgate().AddBreaker("payments");
        _world
            .Services.AddHttpClient("payments")
            .AddResilienceHandler("breaker", (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "payments"));

        await OpensAndClosesAsync();
    }

    [Fact]
    public async Task The_circuit_opens_and_closes_through_the_standard_handler()
    {
        _world.Services.AddFluxgate().AddBreaker("payments");
        _world.Services.AddHttpClient("payments").AddFluxgateStandardResilienceHandler("payments");

        await OpensAndClosesAsync();
    }

    [Fact]
    public async Task The_circuit_opens_and_closes_through_the_replaced_handler()
    {
        _world.Services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());

        await OpensAndClosesAsync();
    }

    [Fact]
    public async Task Through_hedging_requests_go_to_the_other_server_meanwhile()
    {
        _world.Services.AddFluxgate().AddBreakerGroup("servers");
        var http = _world.Services.AddHttpClient("payments");
        http.AddStandardHedgingHandler(routing =>
                routing.ConfigureOrderedGroups(options =>
                {
                    options.Groups.Add(new() { Endpoints = { new() { Uri = _server.Address } } });
                    options.Groups.Add(new() { Endpoints = { new() { Uri = _other.Address } } });
                })
            )
            .Configure(options => options.Endpoint.CircuitBreaker.ShouldHandle = static _ => new(false));
        http.AddResilienceHandler(
            "breaker",
            (pipeline, context) =>
                pipeline.AddFluxgateBreaker(
                    context.ServiceProvider,
                    "servers",
                    HttpKey.Authority,
                    new FluxgateBreakerOptions<HttpResponseMessage> { Tracker = HttpTracker.TransientErrors }
                )
        );
        await _world.StartAsync();
        using var client = _world.Client();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.ServiceUnavailable));

        await SucceedAsync(client, 100);
        Assert.Equal((100, 100), (_server.Requests.Count, _other.Requests.Count));
        var breaker = Breaker(_server);
        Assert.Equal(BreakerState.Open, breaker.State);
        await SucceedAsync(client, 5);
        Assert.Equal((100, 105), (_server.Requests.Count, _other.Requests.Count));

        _server.Answers(HttpUpstream.Status(HttpStatusCode.OK));
        _world.Time.Advance(TimeSpan.FromSeconds(60));
        await SucceedAsync(client, 1);
        Assert.Equal((101, BreakerState.HalfOpen), (_server.Requests.Count, breaker.State));
        for (var call = 0; call < 1000 && breaker.State == BreakerState.HalfOpen; call++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await SucceedAsync(client, 1);
        }

        Assert.Equal((BreakerState.Closed, BreakerState.Closed), (breaker.State, Breaker(_other).State));
    }

    private async Task OpensAndClosesAsync()
    {
        await _world.StartAsync();
        using var client = _world.Client();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.ServiceUnavailable));
        for (var call = 0; call < 100; call++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(client));
        }

        var breaker = _world.Breakers["payments"];
        var rejected = await client.RejectedAsync(_server.Address);
        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(60)), (rejected.State, rejected.RetryAfter));
        Assert.Equal(100, _server.Requests.Count);

        _server.Answers(HttpUpstream.Status(HttpStatusCode.OK));
        _world.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client));
        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        for (var call = 0; call < 1000 && breaker.State == BreakerState.HalfOpen; call++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            try
            {
                Assert.Equal(HttpStatusCode.OK, await PostAsync(client));
            }
            catch (CallNotPermittedException)
            {
                // The ramp of the probes admits some of the calls.
            }
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    /// <summary>Sends a request that is not retried.</summary>
    private async Task<HttpStatusCode> PostAsync(HttpClient client)
    {
        using var response = await client.PostAsync(_server.Address, content: null);
        return response.StatusCode;
    }

    private static async Task SucceedAsync(HttpClient client, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(Payments));
        }
    }

    private FluxgateBreaker Breaker(HttpUpstream server)
    {
        Assert.True(_world.Breakers.GetGroup("servers").TryGet(server.Address.GetLeftPart(UriPartial.Authority), out var breaker));
        return breaker;
    }
}
