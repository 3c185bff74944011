using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.RateLimiting;

namespace Fluxgate;

/// <summary>Checks that a request that a rate limiter or another breaker rejects on its way says nothing about the server.</summary>
public sealed class RateLimitedRequests : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private readonly HeldRequests _held = new();
    private HttpUpstream _server = null!;

    public async Task InitializeAsync()
    {
        _server = await _world.ServerAsync();
        _server.Answers(_held.Answer);
    }

    public async Task DisposeAsync()
    {
        _held.Release();
        await _world.EndAsync();
    }

    [Fact]
    public async Task A_rate_limiter_inside_the_breaker_of_hedging_is_ignored()
    {
        _world.Services.AddFluxgate().AddBreakerGroup("servers");
        var http = _world.Services.AddHttpClient("payments");
        AddHedging(http);
        http.AddResilienceHandler(
            "breaker",
            (pipeline, context) =>
                pipeline
                    .AddFluxgateBreaker(
                        context.ServiceProvider,
                        "servers",
                        HttpKey.Authority,
                        new FluxgateBreakerOptions<HttpResponseMessage>
                        {
                            Tracker = HttpTracker.TransientErrors,
                            ShouldIgnore = static arguments => new(arguments.Outcome.Exception is RateLimiterRejectedException),
                        }
                    )
                    .AddConcurrencyLimiter(permitLimit: 1)
        );
        await _world.StartAsync();

        var now = await RejectedAsync(() => Server().Snapshot());

        // The first attempt of the rejected request and the hedged one.
        Assert.Equal((1, 0, 2), (now.Successes, now.Failures, now.Ignored));
    }

    [Fact]
    public async Task The_rate_limiter_of_hedging_is_outside_the_breaker()
    {
        _world.Services.AddFluxgate().AddBreakerGroup("servers");
        var http = _world.Services.AddHttpClient("payments");
        AddHedging(http).Configure(options => options.Endpoint.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1);
        http.AddResilienceHandler(
            "breaker",
            (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "servers", HttpKey.Authority)
        );
        await _world.StartAsync();

        var now = await RejectedAsync(() => Server().Snapshot());

        Assert.Equal((1, 1), (now.Requests, now.Successes));
    }

    [Fact]
    public async Task A_rate_limiter_inside_the_standard_handler_is_ignored()
    {
        _world.Services.AddFluxgate().AddBreaker("payments");
        var http = _world.Services.AddHttpClient("payments");
        http.AddFluxgateStandardResilienceHandler("payments");
        http.AddResilienceHandler("limit", pipeline => pipeline.AddConcurrencyLimiter(permitLimit: 1));
        await _world.StartAsync();

        var now = await RejectedAsync(() => _world.Breakers["payments"].Snapshot());

        Assert.Equal((1, 0, 1), (now.Successes, now.Failures, now.Ignored));
    }

    [Fact]
    public async Task A_rejection_by_another_breaker_inside_the_standard_handler_is_ignored()
    {
        _world.Services.AddFluxgate().AddBreaker("payments").AddBreaker("server");
        var http = _world.Services.AddHttpClient("payments");
        http.AddFluxgateStandardResilienceHandler("payments");
        http.AddResilienceHandler("server", (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "server"));
        await _world.StartAsync();
        using var client = _world.Client();
        _world.Breakers["server"].Trip();

        Assert.Equal("server", (await client.RejectedAsync(_server.Address)).CircuitName);

        var now = _world.Breakers["payments"].Snapshot();
        Assert.Equal((0, 0, 1), (now.Successes, now.Failures, now.Ignored));
    }

    private static IStandardHedgingHandlerBuilder AddHedging(IHttpClientBuilder http) =>
        http.AddStandardHedgingHandler()
            .Configure(options =>
            {
                options.Endpoint.CircuitBreaker.ShouldHandle = static _ => new(false);

                // Never by time: only failures are hedged, so that the test depends on no clock.
                options.Hedging.Delay = TimeSpan.FromSeconds(-1);
                options.Hedging.MaxHedgedAttempts = 1;
                options.Hedging.ShouldHandle = static arguments => new(arguments.Outcome.Exception is RateLimiterRejectedException);
            });

    private FluxgateBreaker Server()
    {
        Assert.True(_world.Breakers.GetGroup("servers").TryGet(_server.Address.GetLeftPart(UriPartial.Authority), out var breaker));
        return breaker;
    }

    /// <summary>Has a request rejected while the server holds another one, and returns the snapshot after both.</summary>
    private async Task<BreakerSnapshot> RejectedAsync(Func<BreakerSnapshot> snapshot)
    {
        using var client = _world.Client();
        var running = client.StatusAsync(_server.Address);
        await _held.ArrivedAsync();
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync(_server.Address));
        _held.Release();
        Assert.Equal(HttpStatusCode.OK, await running);
        Assert.Single(_server.Requests);
        return snapshot();
    }
}
