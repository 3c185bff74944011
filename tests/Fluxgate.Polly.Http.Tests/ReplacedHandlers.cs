using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly.RateLimiting;

namespace Fluxgate;

/// <summary>Checks the standard handler of Fluxgate in place of that of Microsoft in the defaults of all clients, as Aspire's template writes them.</summary>
public sealed class ReplacedHandlers : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private readonly ConcurrentQueue<string> _discovered = new();
    private HttpUpstream _server = null!;

    private static Uri Shop { get; } = new("http://shop/");

    public async Task InitializeAsync() => _server = await _world.ServerAsync();

    public async Task DisposeAsync() => await _world.EndAsync();

    [Fact]
    public async Task Each_client_has_the_breaker_of_its_name()
    {
        AddServiceDefaults();
        _world.Configuration["Fluxgate:Breakers:orders:Tripper"] = "FailureStreak(2)";
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
        await _world.StartAsync();
        using var orders = _world.Client("orders");
        using var stock = _world.Client("stock");
        using var unnamed = _world.Client("");
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));

        await PostAsync(orders);
        await PostAsync(orders);
        await PostAsync(stock);
        await PostAsync(unnamed);

        Assert.Equal("orders", (await orders.RejectedAsync(Shop)).CircuitName);
        Assert.Equal((BreakerState.Closed, 1), (_world.Breakers["stock"].State, _world.Breakers["stock"].Snapshot().Failures));
        Assert.Equal(1, _world.Breakers["default"].Snapshot().Failures);
    }

    [Fact]
    public async Task Microsofts_handler_is_gone_and_ours_is_in_its_place()
    {
        AddServiceDefaults();
        _world.Services.ConfigureHttpClientDefaults(http =>
            http.ReplaceStandardResilienceHandler(options => (options.Retry.Delay, options.Retry.MaxRetryAttempts) = (TimeSpan.Zero, 2))
        );
        await _world.StartAsync();
        using var client = _world.Client();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));

        await client.StatusAsync(Shop);

        // Three attempts, each through service discovery. Microsoft's handler would make four of each.
        Assert.Equal((3, 3), (_server.Requests.Count, _discovered.Count));
        Assert.Equal(Timeout.InfiniteTimeSpan, client.Timeout);
    }

    [Fact]
    public async Task Each_client_has_a_pipeline_of_its_own()
    {
        var held = new HeldRequests();
        AddServiceDefaults();
        _world.Configuration["Http:RateLimiter:DefaultRateLimiterOptions:PermitLimit"] = "1";
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler(_world.Configuration.GetSection("Http")));
        await _world.StartAsync();
        using var orders = _world.Client("orders");
        using var stock = _world.Client("stock");
        _server.Answers(held.Answer, HttpUpstream.Status(HttpStatusCode.OK));

        var running = orders.StatusAsync(Shop);
        await held.ArrivedAsync();

        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => orders.GetAsync(Shop));
        Assert.Equal(HttpStatusCode.OK, await stock.StatusAsync(Shop));
        held.Release();
        Assert.Equal(HttpStatusCode.OK, await running);
    }

    [Fact]
    public async Task A_group_may_have_a_breaker_for_each_server()
    {
        AddServiceDefaults();
        _world.Services.AddFluxgate().AddBreakerGroup("servers");
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler("servers", HttpKey.Authority));
        await _world.StartAsync();
        using var client = _world.Client();

        await client.StatusAsync(Shop);

        Assert.True(_world.Breakers.GetGroup("servers").TryGet("http://shop", out _));
    }

    [Fact]
    public async Task A_replacement_before_the_defaults_stops_the_start()
    {
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
        AddServiceDefaults();

        Assert.StartsWith(
            "The defaults of HTTP clients could not be built: ReplaceStandardResilienceHandler found no handler to replace. Call it after",
            await _world.FailedStartAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Several_resilience_handlers_stop_the_start()
    {
        AddServiceDefaults();
        AddServiceDefaults();
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());

        Assert.Contains("must find one resilience handler in the defaults", await _world.FailedStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_is_not_defined_stops_the_start()
    {
        AddServiceDefaults();
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler("servers", HttpKey.Authority));

        Assert.Contains("No group is named 'servers'.", await _world.FailedStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_section_with_CircuitBreaker_stops_the_start()
    {
        AddServiceDefaults();
        _world.Configuration["Http:CircuitBreaker:FailureRatio"] = "0.2";
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler(_world.Configuration.GetSection("Http")));

        Assert.StartsWith("Http:CircuitBreaker must be removed", await _world.FailedStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_replacement_and_one_for_a_single_client_are_errors()
    {
        AddServiceDefaults();
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());

        Assert.Throws<InvalidOperationException>(() =>
            _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler())
        );
        Assert.Throws<ArgumentException>("builder", () => _world.Services.AddHttpClient("payments").ReplaceStandardResilienceHandler());
    }

    /// <summary>What <c>AddServiceDefaults</c> of Aspire's template does with HTTP clients.</summary>
    private void AddServiceDefaults() =>
        _world.Services.ConfigureHttpClientDefaults(http =>
        {
            // Turn on resilience by default
            http.AddStandardResilienceHandler();

            // Turn on service discovery by default
            http.AddHttpMessageHandler(() => new ServiceDiscovery(_discovered, _server.Address));
        });

    private async Task PostAsync(HttpClient client)
    {
        using var response = await client.PostAsync(Shop, content: null);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    /// <summary>Stands for service discovery: replaces the name of a service by the address of its server.</summary>
    private sealed class ServiceDiscovery(ConcurrentQueue<string> discovered, Uri server) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var name = request.RequestUri;
            discovered.Enqueue(name!.Host);
            try
            {
                request.RequestUri = server;
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                request.RequestUri = name;
            }
        }
    }
}
