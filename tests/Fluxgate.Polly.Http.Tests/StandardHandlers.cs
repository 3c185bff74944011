using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Checks the standard handler against a real server.</summary>
public sealed class StandardHandlers : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private HttpUpstream _server = null!;

    public async Task InitializeAsync() => _server = await _world.ServerAsync();

    public async Task DisposeAsync() => await _world.EndAsync();

    [Fact]
    public async Task An_outage_opens_the_circuit_and_a_recovery_closes_it_by_default()
    {
        using var client = await StartAsync();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.ServiceUnavailable));
        for (var call = 0; call < 100; call++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(client));
        }

        var rejected = await client.RejectedAsync(_server.Address);
        Assert.Equal(
            ("payments", BreakerState.Open, TimeSpan.FromSeconds(60)),
            (rejected.CircuitName, rejected.State, rejected.RetryAfter)
        );
        Assert.Equal(100, _server.Requests.Count);

        _server.Answers(HttpUpstream.Status(HttpStatusCode.OK));
        _world.Time.Advance(TimeSpan.FromSeconds(60));
        for (var call = 0; call < 1000 && _world.Breakers["payments"].State != BreakerState.Closed; call++)
        {
            try
            {
                Assert.Equal(HttpStatusCode.OK, await PostAsync(client));
            }
            catch (CallNotPermittedException)
            {
                // The ramp of the probes admits some of the calls.
            }

            _world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(BreakerState.Closed, _world.Breakers["payments"].State);
    }

    [Fact]
    public async Task A_server_that_hangs_opens_the_circuit()
    {
        _world.Services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(1));
        using var client = await StartAsync();
        _server.Answers(_server.Hangs);

        var call = PostAsync(client);
        await _server.Hanging.WaitAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        Assert.Equal(BreakerState.Open, _world.Breakers["payments"].State);
    }

    [Theory]
    [InlineData("GET", false, 4)]
    [InlineData("PUT", false, 4)]
    [InlineData("POST", false, 1)]
    [InlineData("PATCH", false, 1)]
    [InlineData("POST", true, 4)]
    public async Task Only_idempotent_methods_are_retried_by_default(string method, bool everyMethod, int requests)
    {
        using var client = await StartAsync(options => options.RetryEveryMethod = everyMethod);
        _server.Answers(HttpUpstream.Status(HttpStatusCode.BadGateway));
        using var request = new HttpRequestMessage(new(method), _server.Address);

        using var response = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode.BadGateway, requests), (response.StatusCode, _server.Requests.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_is_not_sent_twice(bool inParts)
    {
        using var client = await StartAsync();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.BadGateway));
        using var content = new StreamContent(new MemoryStream("order"u8.ToArray()));
        using var parts = new MultipartContent { content };

        using var response = await client.PutAsync(_server.Address, inParts ? parts : content);

        Assert.Equal((HttpStatusCode.BadGateway, 1), (response.StatusCode, _server.Requests.Count));
    }

    [Fact]
    public async Task Buffered_content_is_sent_again()
    {
        using var client = await StartAsync();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.BadGateway), HttpUpstream.Status(HttpStatusCode.OK));
        using var content = new StringContent("order", Encoding.UTF8);

        using var response = await client.PutAsync(_server.Address, content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["PUT order", "PUT order"], _server.Requests);
    }

    [Theory]
    [InlineData(30, 0, 1)]
    [InlineData(25, 9, 1)]
    [InlineData(25, 0, 2)]
    [InlineData(20, 9, 2)]
    public async Task A_Retry_After_beyond_the_total_timeout_ends_the_retries(int retryAfter, int elapsed, int requests)
    {
        // The delay itself is not waited for, because only its comparison with the rest of the 30 s matters here.
        using var client = await StartAsync(options => options.Retry.DelayGenerator = static _ => new(TimeSpan.Zero));
        var unavailable = HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfter);
        _server.Answers(
            context =>
            {
                _world.Time.Advance(TimeSpan.FromSeconds(elapsed));
                return unavailable(context);
            },
            HttpUpstream.Status(HttpStatusCode.OK)
        );

        var status = await client.StatusAsync(_server.Address);

        Assert.Equal(requests, _server.Requests.Count);
        Assert.Equal(requests == 1 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task The_timeout_of_the_client_is_infinite()
    {
        using var client = await StartAsync();

        Assert.Equal(Timeout.InfiniteTimeSpan, client.Timeout);
    }

    [Fact]
    public async Task ResponseHeadersRead_returns_before_the_body_arrives()
    {
        var held = new HeldRequests();
        using var client = await StartAsync();
        _server.Answers(async context =>
        {
            await context.Response.WriteAsync("begin ");
            await context.Response.Body.FlushAsync();
            await held.Answer(context);
            await context.Response.WriteAsync("end");
        });

        using var response = await client.GetAsync(_server.Address, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(1, _world.Breakers["payments"].Snapshot().Successes);
        held.Release();

        Assert.Equal("begin end", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_context_of_a_request_reaches_the_breaker()
    {
        _world.Services.AddFluxgate().AddBreakerGroup("tenants");
        _world
            .Services.AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler("tenants", context => context.Properties.GetValue(HttpWorld.Tenant, null));
        await _world.StartAsync();
        using var client = _world.Client();
        var context = ResilienceContextPool.Shared.Get();
        context.Properties.Set(HttpWorld.Tenant, "acme");
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.Address);
        request.SetResilienceContext(context);

        using var response = await client.SendAsync(request);

        Assert.True(_world.Breakers.GetGroup("tenants").TryGet("acme", out var breaker));
        Assert.Equal(1, breaker.Snapshot().Successes);
        Assert.Same(context, request.GetResilienceContext());
        ResilienceContextPool.Shared.Return(context);
    }

    [Fact]
    public async Task A_typed_client_has_the_handler()
    {
        _world.Services.AddFluxgate().AddBreaker("payments");
        _world.Services.AddHttpClient<TypedClient>().AddFluxgateStandardResilienceHandler("payments");
        await _world.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await _world.Host.Services.GetRequiredService<TypedClient>().Http.StatusAsync(_server.Address));
        Assert.Equal(1, _world.Breakers["payments"].Snapshot().Successes);
    }

    [Fact]
    public async Task Each_of_three_servers_has_its_own_circuit()
    {
        var (resets, healthy) = (await _world.ServerAsync(), await _world.ServerAsync());
        _world.Services.AddFluxgate().AddBreakerGroup("servers", group => group.Settings.Tripper = Tripper.FailureStreak(2));
        _world.Services.AddHttpClient("payments").AddFluxgateStandardResilienceHandler("servers", HttpKey.Authority);
        await _world.StartAsync();
        using var client = _world.Client();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        resets.Answers(HttpUpstream.Resets);

        for (var call = 0; call < 2; call++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await PostAsync(client));
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(resets.Address, content: null));
        }

        await client.RejectedAsync(_server.Address);
        await client.RejectedAsync(resets.Address);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(healthy.Address));
    }

    [Fact]
    public async Task SelectPipelineByAuthority_gives_each_server_a_rate_limiter()
    {
        var held = new HeldRequests();
        var other = await _world.ServerAsync();
        _world.Services.AddFluxgate().AddBreaker("payments");
        _world
            .Services.AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler("payments", options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1)
            .SelectPipelineByAuthority();
        await _world.StartAsync();
        using var client = _world.Client();
        _server.Answers(held.Answer);

        var first = client.StatusAsync(_server.Address);
        await held.ArrivedAsync();
        await Assert.ThrowsAsync<Polly.RateLimiting.RateLimiterRejectedException>(() => client.GetAsync(_server.Address));
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(other.Address));

        held.Release();
        Assert.Equal(HttpStatusCode.OK, await first);
        Assert.Equal(2, _world.Breakers["payments"].Snapshot().Successes);
    }

    private async Task<HttpClient> StartAsync(Action<FluxgateStandardResilienceOptions>? configure = null)
    {
        _world.Services.AddFluxgate().AddBreaker("payments");
        _world
            .Services.AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler(
                "payments",
                options =>
                {
                    options.Retry.Delay = TimeSpan.Zero;
                    configure?.Invoke(options);
                }
            );
        await _world.StartAsync();
        return _world.Client();
    }

    private async Task<HttpStatusCode> PostAsync(HttpClient client)
    {
        using var response = await client.PostAsync(_server.Address, content: null);
        return response.StatusCode;
    }

    internal sealed class TypedClient(HttpClient http)
    {
        public HttpClient Http => http;
    }
}
