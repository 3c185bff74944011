using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Checks that no change of the configuration, valid or not, disturbs the requests that run meanwhile.</summary>
public sealed class StandardReloads : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private readonly HeldRequests _held = new();
    private HttpUpstream _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await _world.ServerAsync();
        _server.Answers(_held.Answer);
        _world.Configuration["Fluxgate:Breakers:payments:Tripper"] = "FailureStreak(2)";
        _world.Configuration["Http:Retry:Delay"] = "00:00:00";
        _world.Services.AddHttpClient("payments").AddFluxgateStandardResilienceHandler("payments", _world.Configuration.GetSection("Http"));
        await _world.StartAsync();
        _client = _world.Client();
    }

    public async Task DisposeAsync()
    {
        _held.Release();
        _client.Dispose();
        await _world.EndAsync();
    }

    [Theory]
    [InlineData("Http:RateLimiter:DefaultRateLimiterOptions:PermitLimit", "0")]
    [InlineData("Http:RateLimiter:DefaultRateLimiterOptions:QueueLimit", "-1")]
    [InlineData("Http:TotalRequestTimeout:Timeout", "00:00:00")]
    [InlineData("Http:TotalRequestTimeout:Timeout", "soon")]
    [InlineData("Http:Retry:MaxRetryAttempts", "0")]
    [InlineData("Http:Retry:BackoffType", "Random")]
    [InlineData("Http:AttemptTimeout:Timeout", "00:00:30")]
    [InlineData("Http:RetryEveryMethod", "often")]
    [InlineData("Http:CountBody", "maybe")]
    [InlineData("Http:CircuitBreaker:FailureRatio", "0.2")]
    public async Task An_invalid_value_of_the_handler_is_kept_out_while_requests_run(string key, string value)
    {
        var running = await StartAsync();

        Assert.ThrowsAny<Exception>(() => _world.Change(key, value));

        var next = await StartAsync();
        _held.Release();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await Task.WhenAll(running, next));
        Assert.Equal(2, _world.Breakers["payments"].Snapshot().Successes);
    }

    [Fact]
    public async Task An_invalid_rule_of_the_breaker_is_kept_out_while_requests_run()
    {
        var running = await StartAsync();

        _world.Change("Fluxgate:Breakers:payments:Tripper", "FailureStrike(1)");

        Assert.Equal("FailureStreak(2)", _world.Breakers["payments"].Snapshot().Rule);
        _held.Release();
        Assert.Equal(HttpStatusCode.OK, await running);
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        (await _client.PostAsync(_server.Address, content: null)).Dispose();
        (await _client.PostAsync(_server.Address, content: null)).Dispose();
        await _client.RejectedAsync(_server.Address);
    }

    [Fact]
    public async Task CountBody_takes_effect_while_requests_run()
    {
        var body = new SentBody();
        _server.Answers(body.Answer);
        using var before = await _client.GetAsync(_server.Address, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(1, _world.Breakers["payments"].Snapshot().Successes);

        _world.Change("Http:CountBody", "true");
        using var after = await _client.GetAsync(_server.Address, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((1, 1), (_world.Breakers["payments"].Snapshot().Successes, _world.Breakers["payments"].Snapshot().InFlight));
        _world.Change("Http:CountBody", "false");
        body.Reset();

        await Assert.ThrowsAsync<HttpRequestException>(() => before.Content.ReadAsStringAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => after.Content.ReadAsStringAsync());
        Assert.Equal((1, 1), (_world.Breakers["payments"].Snapshot().Successes, _world.Breakers["payments"].Snapshot().Failures));
    }

    [Fact]
    public async Task Requests_survive_changes_of_every_section()
    {
        (string Key, string One, string Other)[] changes =
        [
            ("Http:RateLimiter:DefaultRateLimiterOptions:PermitLimit", "100", "200"),
            ("Http:TotalRequestTimeout:Timeout", "00:00:40", "00:00:50"),
            ("Http:Retry:MaxRetryAttempts", "1", "2"),
            ("Http:AttemptTimeout:Timeout", "00:00:05", "00:00:06"),
            ("Http:CountBody", "true", "false"),
            ("Fluxgate:Breakers:payments:Tripper", "FailureStreak(3)", "MinRequests(10) & FailureRate(50%)"),
            ("Fluxgate:Breakers:payments:BreakDuration", "Fixed(10s)", "Fixed(20s)"),
        ];
        var running = new List<Task<HttpStatusCode>>();
        foreach (var (key, one, other) in changes)
        {
            running.Add(await StartAsync());
            _world.Change(key, one);
            running.Add(await StartAsync());
            _world.Change(key, other);
        }

        Assert.Equal(running.Count, _world.Breakers["payments"].Snapshot().InFlight);
        _held.Release();

        Assert.All(await Task.WhenAll(running), status => Assert.Equal(HttpStatusCode.OK, status));
        var now = _world.Breakers["payments"].Snapshot();
        Assert.Equal((running.Count, running.Count, 0), (now.Requests, now.Successes, now.InFlight));
    }

    /// <summary>Starts a request that the server holds.</summary>
    private async Task<Task<HttpStatusCode>> StartAsync()
    {
        var running = _client.StatusAsync(_server.Address);
        await _held.ArrivedAsync();
        return running;
    }
}
