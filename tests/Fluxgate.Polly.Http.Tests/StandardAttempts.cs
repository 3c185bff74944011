using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Checks what the breaker of the standard handler counts, and how long its retries wait.</summary>
public sealed class StandardAttempts : IAsyncLifetime
{
    // Shorter than the timeouts of 10 and 30 s, longer than the waits between attempts.
    private readonly JumpingTime _jumping = new(TimeSpan.FromSeconds(9));
    private readonly HttpWorld _world = new();
    private HttpUpstream _server = null!;

    public async Task InitializeAsync() => _server = await _world.ServerAsync();

    public async Task DisposeAsync() => await _world.EndAsync();

    [Fact]
    public async Task A_failed_GET_is_retried_three_times_and_every_attempt_counts()
    {
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var client = await StartAsync(failures: 100, _jumping);

        Assert.Equal(HttpStatusCode.InternalServerError, await client.StatusAsync(_server.Address));

        Assert.Equal((4, 4, 3), (_server.Requests.Count, _world.Breakers["payments"].Snapshot().Failures, _jumping.Waits.Count));
    }

    [Fact]
    public async Task A_retry_waits_for_the_Retry_After_of_the_server()
    {
        _server.Answers(
            HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 7),
            HttpUpstream.Status(HttpStatusCode.TooManyRequests, retryAfterSeconds: 3),
            HttpUpstream.Status(HttpStatusCode.OK)
        );
        using var client = await StartAsync(failures: 100, _jumping);

        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(_server.Address));

        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(3)], _jumping.Waits);
    }

    [Fact]
    public async Task Retry_After_is_the_break_of_the_circuit_that_opens()
    {
        _server.Answers(HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 45));
        using var client = await StartAsync(failures: 1, _jumping);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await client.StatusAsync(_server.Address));

        Assert.Equal(TimeSpan.FromSeconds(45), _world.Breakers["payments"].Snapshot().RetryAfter);
    }

    [Fact]
    public async Task A_rejection_is_not_retried()
    {
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var client = await StartAsync(failures: 2, _jumping);

        await client.RejectedAsync(_server.Address);

        Assert.Equal((2, 1), (_server.Requests.Count, _world.Breakers["payments"].Snapshot().Rejected));
    }

    [Fact]
    public async Task A_rejection_is_not_retried_by_a_retry_of_all_exceptions()
    {
        using var client = await StartAsync(
            failures: 2,
            _jumping,
            options => options.Retry.ShouldHandle = static arguments => new(arguments.Outcome.Exception is not null)
        );
        _world.Breakers["payments"].ForceOpen();

        await client.RejectedAsync(_server.Address);

        Assert.Equal(1, _world.Breakers["payments"].Snapshot().Rejected);
        Assert.Empty(_jumping.Waits);
    }

    [Theory]
    [InlineData("GET", 4)]
    [InlineData("HEAD", 4)]
    [InlineData("PUT", 4)]
    [InlineData("DELETE", 4)]
    [InlineData("OPTIONS", 4)]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("REFUND", 1)]
    public async Task A_reset_connection_is_retried_for_idempotent_methods(string method, int attempts)
    {
        _server.Answers(HttpUpstream.Resets);
        using var client = await StartAsync(failures: 100, _jumping);
        using var request = new HttpRequestMessage(new(method), _server.Address) { Version = HttpVersion.Version10 };

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request));

        Assert.Equal(attempts, _world.Breakers["payments"].Snapshot().Failures);
    }

    [Fact]
    public async Task A_retry_that_handles_nothing_makes_one_attempt()
    {
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var client = await StartAsync(failures: 100, _jumping, options => options.Retry.ShouldHandle = static _ => new(false));

        await client.StatusAsync(_server.Address);

        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task An_attempt_that_times_out_is_a_failure_and_the_next_can_succeed()
    {
        _server.Answers(_server.Hangs, HttpUpstream.Status(HttpStatusCode.OK));
        using var client = await StartAsync(failures: 100, _world.Time, options => options.Retry.Delay = TimeSpan.Zero);

        var call = client.StatusAsync(_server.Address);
        await _server.Hanging.WaitAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(HttpStatusCode.OK, await call);
        var snapshot = _world.Breakers["payments"].Snapshot();
        Assert.Equal((1, 1), (snapshot.Failures, snapshot.Successes));
    }

    [Fact]
    public async Task An_attempt_that_the_total_timeout_ends_early_is_ignored()
    {
        _server.Answers(_server.Hangs);
        using var client = await StartAsync(
            failures: 100,
            _world.Time,
            options => (options.Retry.Delay, options.TotalRequestTimeout.Timeout) = (TimeSpan.Zero, TimeSpan.FromSeconds(14))
        );

        var call = client.GetAsync(_server.Address);
        await _server.Hanging.WaitAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(10));
        await _server.Hanging.WaitAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(14), (await Assert.ThrowsAsync<TimeoutRejectedException>(() => call)).Timeout);
        var snapshot = _world.Breakers["payments"].Snapshot();
        Assert.Equal((1, 1), (snapshot.Failures, snapshot.Ignored));
    }

    private async Task<HttpClient> StartAsync(int failures, TimeProvider time, Action<FluxgateStandardResilienceOptions>? configure = null)
    {
        _world.Services.AddSingleton(time);
        _world.Services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(failures));
        _world.Services.AddHttpClient("payments").AddFluxgateStandardResilienceHandler("payments", configure ?? (_ => { }));
        await _world.StartAsync();
        return _world.Client();
    }
}
