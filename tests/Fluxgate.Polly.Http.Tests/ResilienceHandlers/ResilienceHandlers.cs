using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Checks a breaker in a handler of <c>AddResilienceHandler</c>, against a real server.</summary>
public sealed partial class ResilienceHandlers
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Failing_responses_open_the_circuit_and_nothing_more_is_sent(HttpStatusCode status)
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(status));
        using var breaker = Breaker(failures: 3);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = services.Client();

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync("/");
            Assert.Equal(status, response.StatusCode);
        }

        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync("/"));
        Assert.Equal("payments", rejection.CircuitName);
        Assert.Equal(3, upstream.Requests.Count);
    }

    [Fact]
    public async Task Retry_After_sets_the_break_and_the_circuit_recovers()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(
            HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 7),
            HttpUpstream.Status(HttpStatusCode.OK)
        );
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = services.Client();

        (await client.GetAsync("/")).Dispose();
        _time.Advance(TimeSpan.FromSeconds(6.9));
        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync("/"));
        Assert.Equal(TimeSpan.FromSeconds(0.1), rejection.RetryAfter);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("200", await client.GetStringAsync("/"));
        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public async Task Connection_resets_are_failures_and_are_thrown_unchanged()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Resets);
        using var breaker = Breaker(failures: 2);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = services.Client();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/"));
        await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync("/"));
    }

    [Fact]
    public async Task A_server_that_hangs_fails_by_the_timeout_inside_the_breaker()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        using var breaker = Breaker(failures: 1);
        await using var services = Client(
            upstream,
            pipeline => AddBreaker(pipeline, breaker).AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(10) })
        );
        using var client = services.Client();

        var call = client.GetAsync("/");
        await upstream.Hanging.WaitAsync(Deadline);
        _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call.WaitAsync(Deadline));
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public async Task A_request_that_its_caller_cancels_is_ignored()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = services.Client();
        using var caller = new CancellationTokenSource();

        var call = client.GetAsync("/", caller.Token);
        await upstream.Hanging.WaitAsync(Deadline);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Deadline));
        Assert.Equal(BreakerState.Closed, breaker.State);
        Assert.Equal(1, breaker.Snapshot().Ignored);
    }

    private static ResiliencePipelineBuilder<HttpResponseMessage> AddBreaker(
        ResiliencePipelineBuilder<HttpResponseMessage> pipeline,
        FluxgateBreaker breaker
    ) =>
        pipeline.AddFluxgateBreaker(
            new FluxgateBreakerOptions<HttpResponseMessage>
            {
                Breaker = breaker,
                Tracker = HttpTracker.TransientErrors,
                BreakDurationHint = HttpBreak.RetryAfter,
            }
        );

    private FluxgateBreaker Breaker(int failures) =>
        new(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(failures),
                Recovery = Recovery.AfterProbes(1),
                Permit = Permit.All,
            },
            _time
        );

    private ServiceProvider Client(
        HttpUpstream upstream,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>> configure,
        Action<IHttpClientBuilder>? also = null
    )
    {
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments", client => client.BaseAddress = upstream.Address);
        client.AddResilienceHandler(
            "x",
            pipeline =>
            {
                pipeline.TimeProvider = _time;
                configure(pipeline);
            }
        );
        also?.Invoke(client);
        return collection.BuildServiceProvider();
    }
}
