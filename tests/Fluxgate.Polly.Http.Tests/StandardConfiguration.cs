using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Checks the standard handler's options in the configuration: how they bind, how errors are reported, and how changes take effect.</summary>
public sealed class StandardConfiguration : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private readonly HeldRequests _held = new();
    private HttpUpstream _server = null!;
    private Task<HttpStatusCode> _running = null!;

    public async Task InitializeAsync()
    {
        _server = await _world.ServerAsync();
        _world.Services.AddFluxgate().AddBreaker("payments");
        _world
            .Services.AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler("payments", _world.Configuration.GetSection("Http:Payments"));
    }

    public async Task DisposeAsync()
    {
        await _world.EndAsync();
    }

    [Fact]
    public async Task The_keys_of_Microsofts_handler_bind()
    {
        Set("RateLimiter:DefaultRateLimiterOptions:PermitLimit", "7");
        Set("RateLimiter:DefaultRateLimiterOptions:QueueLimit", "8");
        Set("TotalRequestTimeout:Timeout", "00:00:40");
        Set("Retry:MaxRetryAttempts", "5");
        Set("Retry:BackoffType", "Linear");
        Set("Retry:UseJitter", "false");
        Set("Retry:Delay", "00:00:01");
        Set("retry:maxdelay", "00:00:09");
        Set("AttemptTimeout:Timeout", "00:00:04");
        Set("RetryEveryMethod", "true");
        await _world.StartAsync();

        var options = _world
            .Host.Services.GetRequiredService<IOptionsMonitor<FluxgateStandardResilienceOptions>>()
            .Get("payments-fluxgate");

        Assert.Equal(
            (7, 8),
            (options.RateLimiter.DefaultRateLimiterOptions.PermitLimit, options.RateLimiter.DefaultRateLimiterOptions.QueueLimit)
        );
        Assert.Equal((40, 4), (options.TotalRequestTimeout.Timeout.TotalSeconds, options.AttemptTimeout.Timeout.TotalSeconds));
        Assert.Equal((5, Polly.DelayBackoffType.Linear), (options.Retry.MaxRetryAttempts, options.Retry.BackoffType));
        Assert.Equal((false, 1, 9), (options.Retry.UseJitter, options.Retry.Delay.TotalSeconds, options.Retry.MaxDelay?.TotalSeconds));
        Assert.True(options.RetryEveryMethod);
    }

    [Fact]
    public async Task A_CircuitBreaker_section_stops_the_start_and_says_where_the_rules_go()
    {
        Set("CircuitBreaker:FailureRatio", "0.2");

        Assert.Equal(
            "Http:Payments:CircuitBreaker must be removed: the rules of the circuit are the settings of its breaker, usually under Fluxgate:Breakers:<name> or Fluxgate:BreakerGroups:<name>.",
            await _world.FailedStartAsync()
        );
    }

    [Fact]
    public async Task Every_unreadable_value_is_reported_at_startup()
    {
        Set("Retry:MaxRetryAttempts", "many");
        Set("AttemptTimeout:Timeout", "soon");
        Set("Retry:Delai", "00:00:01");

        var message = await _world.FailedStartAsync();

        Assert.Contains(
            "Http:Payments:Retry:MaxRetryAttempts must be a number, such as 3, but is 'many'.",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Http:Payments:AttemptTimeout:Timeout must be a duration, such as 00:00:30, but is 'soon'.",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("Http:Payments:Retry:Delai is not a setting of the standard handler.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RateLimiter:DefaultRateLimiterOptions:PermitLimit", "0", "must be at least 1, but is 0.")]
    [InlineData("RateLimiter:DefaultRateLimiterOptions:QueueLimit", "-1", "must be at least 0, but is -1.")]
    [InlineData("Retry:MaxRetryAttempts", "0", "must be at least 1, but is 0.")]
    [InlineData("Retry:Delay", "2.00:00:00", "must be from 00:00:00 to 1.00:00:00, but is 2.00:00:00.")]
    [InlineData("TotalRequestTimeout:Timeout", "00:00:00", "must be from 00:00:00.0100000 to 1.00:00:00, but is 00:00:00.")]
    [InlineData("AttemptTimeout:Timeout", "00:00:30", "must be less than TotalRequestTimeout:Timeout (00:00:30), but is 00:00:30.")]
    public async Task A_value_out_of_range_stops_the_start(string key, string value, string error)
    {
        Set(key, value);

        Assert.Contains($"HTTP pipeline 'payments-fluxgate': {key} {error}", await _world.FailedStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_rate_limiter_takes_effect_while_requests_run()
    {
        using var client = await StartWithARequestAsync();
        Change("RateLimiter:DefaultRateLimiterOptions:PermitLimit", "1");

        var first = client.StatusAsync(_server.Address);
        await _held.ArrivedAsync();
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync(_server.Address));

        _held.Release();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await Task.WhenAll(_running, first));
        Assert.Equal(2, _world.Breakers["payments"].Snapshot().Successes);
    }

    [Fact]
    public async Task A_changed_attempt_timeout_takes_effect_while_requests_run()
    {
        using var client = await StartWithARequestAsync();
        Change("AttemptTimeout:Timeout", "00:00:05");

        var call = client.PostAsync(_server.Address, content: null);
        await _held.ArrivedAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(5), (await Assert.ThrowsAsync<TimeoutRejectedException>(() => call)).Timeout);
        _held.Release();
        Assert.Equal(HttpStatusCode.OK, await _running);
    }

    [Fact]
    public async Task A_changed_total_timeout_takes_effect_while_requests_run()
    {
        Set("Retry:Delay", "00:00:00");
        Set("AttemptTimeout:Timeout", "00:00:14");
        using var client = await StartWithARequestAsync();
        Change("TotalRequestTimeout:Timeout", "00:00:15");
        _held.Release();
        Assert.Equal(HttpStatusCode.OK, await _running);

        _server.Answers(_server.Hangs);
        var call = client.GetAsync(_server.Address);
        await _server.Hanging.WaitAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(14));
        await _server.Hanging.WaitAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(15), (await Assert.ThrowsAsync<TimeoutRejectedException>(() => call)).Timeout);
    }

    [Fact]
    public async Task A_changed_retry_takes_effect_while_requests_run()
    {
        Set("Retry:Delay", "00:00:00");
        using var client = await StartWithARequestAsync();
        Change("Retry:MaxRetryAttempts", "1");
        _held.Release();
        Assert.Equal(HttpStatusCode.OK, await _running);

        _server.Answers(HttpUpstream.Status(HttpStatusCode.BadGateway));
        await client.StatusAsync(_server.Address);

        Assert.Equal(1 + 2, _server.Requests.Count);
    }

    [Fact]
    public async Task A_changed_breaker_takes_effect_while_requests_run()
    {
        using var client = await StartWithARequestAsync();
        _world.Change("Fluxgate:Breakers:payments:Tripper", "FailureStreak(1)");
        _held.Release();
        Assert.Equal(HttpStatusCode.OK, await _running);

        _server.Answers(HttpUpstream.Status(HttpStatusCode.BadGateway));
        using var response = await client.PostAsync(_server.Address, content: null);

        await client.RejectedAsync(_server.Address);
    }

    [Fact]
    public async Task An_invalid_change_keeps_the_options_and_the_next_one_takes_effect()
    {
        Set("Retry:Delay", "00:00:00");
        await _world.StartAsync();
        using var client = _world.Client();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.BadGateway));

        Assert.ThrowsAny<Exception>(() => Change("Retry:MaxRetryAttempts", "0"));
        await client.StatusAsync(_server.Address);
        Assert.Equal(4, _server.Requests.Count);

        Change("Retry:MaxRetryAttempts", "1");
        await client.StatusAsync(_server.Address);
        Assert.Equal(4 + 2, _server.Requests.Count);
    }

    /// <summary>Starts the host, and a request that the server holds.</summary>
    private async Task<HttpClient> StartWithARequestAsync()
    {
        _server.Answers(_held.Answer);
        await _world.StartAsync();
        var client = _world.Client();
        _running = client.StatusAsync(_server.Address);
        await _held.ArrivedAsync();
        return client;
    }

    private void Set(string key, string value) => _world.Configuration[$"Http:Payments:{key}"] = value;

    private void Change(string key, string value) => _world.Change($"Http:Payments:{key}", value);
}
