using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

public sealed class StandardPipelines : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // Shorter than the timeouts of 10 and 30 s, longer than the waits between attempts.
    private readonly HttpJumpingTime _time = new(TimeSpan.FromSeconds(9));
    private HttpUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await HttpUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task A_failed_GET_is_retried_three_times_and_every_attempt_counts()
    {
        _upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 100);
        await using var services = Client(breaker, _time);

        using var response = await Named(services).GetAsync("/");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(4, _upstream.Requests.Count);
        Assert.Equal(4, breaker.Snapshot().Failures);
        Assert.Equal(3, _time.Waits.Count);
    }

    [Fact]
    public async Task A_retry_waits_for_the_Retry_After_of_the_server()
    {
        _upstream.Answers(
            HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 7),
            HttpUpstream.Status(HttpStatusCode.TooManyRequests, retryAfterSeconds: 3),
            HttpUpstream.Status(HttpStatusCode.OK)
        );
        using var breaker = Breaker(failures: 100);
        await using var services = Client(breaker, _time);

        Assert.Equal("200", await Named(services).GetStringAsync("/"));
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(3)], _time.Waits);
    }

    [Fact]
    public async Task A_Retry_After_beyond_the_total_timeout_stops_retrying()
    {
        _upstream.Answers(HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 30));
        using var breaker = Breaker(failures: 100);
        await using var services = Client(breaker, _time);

        using var response = await Named(services).GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task A_rejection_is_not_retried()
    {
        _upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 2);
        await using var services = Client(breaker, _time);

        await Assert.ThrowsAsync<CallNotPermittedException>(() => Named(services).GetAsync("/"));

        Assert.Equal(2, _upstream.Requests.Count);
        Assert.Equal(1, breaker.Snapshot().Rejected);
    }

    [Fact]
    public async Task A_rejection_is_not_retried_by_a_tracker_of_all_exceptions()
    {
        using var breaker = Breaker(failures: 2);
        breaker.ForceOpen();
        await using var services = Client(
            breaker,
            _time,
            options => options.Tracker = Tracker.TypeOf<Exception>().For<HttpResponseMessage>()
        );

        await Assert.ThrowsAsync<CallNotPermittedException>(() => Named(services).GetAsync("/"));

        Assert.Equal(1, breaker.Snapshot().Rejected);
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task Retry_After_is_the_break_of_the_circuit_that_opens()
    {
        _upstream.Answers(HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 45));
        using var breaker = Breaker(failures: 1);
        await using var services = Client(breaker, _time);

        (await Named(services).GetAsync("/")).Dispose();

        Assert.Equal(TimeSpan.FromSeconds(45), breaker.Snapshot().RetryAfter);
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
    public async Task Only_idempotent_methods_are_retried(string method, int attempts)
    {
        _upstream.Answers(HttpUpstream.Resets);
        using var breaker = Breaker(failures: 100);
        await using var services = Client(breaker, _time);
        using var request = new HttpRequestMessage(new(method), "/") { Version = HttpVersion.Version10 };

        await Assert.ThrowsAsync<HttpRequestException>(() => Named(services).SendAsync(request));

        Assert.Equal(attempts, breaker.Snapshot().Failures);
    }

    [Fact]
    public async Task RetryEveryMethod_retries_a_POST_with_its_body()
    {
        _upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError), HttpUpstream.Status(HttpStatusCode.OK));
        using var breaker = Breaker(failures: 100);
        await using var services = Client(breaker, _time, options => options.RetryEveryMethod = true);
        using var content = new StringContent("42 won");

        using var response = await Named(services).PostAsync("/", content);

        Assert.Equal(["POST 42 won", "POST 42 won"], _upstream.Requests);
    }

    [Fact]
    public async Task Without_retries_there_is_one_attempt()
    {
        _upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 100);
        await using var services = Client(breaker, _time, options => options.MaxRetryAttempts = 0);

        (await Named(services).GetAsync("/")).Dispose();

        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task An_attempt_that_times_out_is_a_failure_and_the_next_can_succeed()
    {
        var time = new VirtualTime();
        _upstream.Answers(_upstream.Hangs, HttpUpstream.Status(HttpStatusCode.OK));
        using var breaker = Breaker(failures: 100, time);
        await using var services = Client(breaker, time, options => options.RetryDelay = TimeSpan.Zero);

        var call = Named(services).GetStringAsync("/");
        await _upstream.Hanging.WaitAsync(Deadline);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("200", await call.WaitAsync(Deadline));
        Assert.Equal((1, 1), (breaker.Snapshot().Failures, breaker.Snapshot().Successes));
    }

    [Fact]
    public async Task A_call_that_the_total_timeout_ends_early_is_ignored()
    {
        var time = new VirtualTime();
        _upstream.Answers(_upstream.Hangs);
        using var breaker = Breaker(failures: 100, time);
        await using var services = Client(
            breaker,
            time,
            options =>
            {
                options.RetryDelay = TimeSpan.Zero;
                options.TotalRequestTimeout = TimeSpan.FromSeconds(14);
            }
        );

        var call = Named(services).GetStringAsync("/");
        await _upstream.Hanging.WaitAsync(Deadline);
        time.Advance(TimeSpan.FromSeconds(10));
        await _upstream.Hanging.WaitAsync(Deadline);
        time.Advance(TimeSpan.FromSeconds(4));

        var timeout = await Assert.ThrowsAsync<TimeoutRejectedException>(() => call.WaitAsync(Deadline));
        Assert.Equal(TimeSpan.FromSeconds(14), timeout.Timeout);
        Assert.Equal((1, 1), (breaker.Snapshot().Failures, breaker.Snapshot().Ignored));
    }

    [Fact]
    public void Invalid_numbers_throw_with_their_name()
    {
        Refused(
            "TotalRequestTimeout must be from 00:00:00.0100000 to 1.00:00:00, but is 00:00:00.",
            options => options.TotalRequestTimeout = default
        );
        Refused(
            "AttemptTimeout must be less than TotalRequestTimeout (00:00:30), but is 00:00:30.",
            options => options.AttemptTimeout = TimeSpan.FromSeconds(30)
        );
        Refused(
            "RetryDelay must be from 00:00:00 to 1.00:00:00, but is -00:00:01.",
            options => options.RetryDelay = TimeSpan.FromSeconds(-1)
        );
        Refused("MaxRetryAttempts must be at least 0, but is -1.", options => options.MaxRetryAttempts = -1);
        Refused("Tracker must not be null.", options => options.Tracker = null!);
    }

    private static void Refused(string message, Action<HttpStandardOptions> configure)
    {
        using var breaker = new FluxgateBreaker("payments");
        var refusal = Assert.ThrowsAny<ArgumentException>(() =>
            new ResiliencePipelineBuilder<HttpResponseMessage>().AddFluxgateStandard(breaker, configure)
        );
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    private FluxgateBreaker Breaker(int failures, TimeProvider? time = null) =>
        new("payments", new() { Tripper = Tripper.FailureStreak(failures) }, time ?? _time);

    private ServiceProvider Client(FluxgateBreaker breaker, TimeProvider time, Action<HttpStandardOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services
            .AddHttpClient("payments", client => client.BaseAddress = _upstream.Address)
            .AddFluxgateHandler(
                (pipeline, _) =>
                {
                    pipeline.TimeProvider = time;
                    pipeline.AddFluxgateStandard(breaker, configure);
                }
            );
        return services.BuildServiceProvider();
    }

    private static HttpClient Named(IServiceProvider services) =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient("payments");
}
