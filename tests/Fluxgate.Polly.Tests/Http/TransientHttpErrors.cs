using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>The statuses and exceptions that HttpTracker.TransientErrors selects as failures.</summary>
public sealed class TransientHttpErrors
{
    private static readonly Tracker<HttpResponseMessage> Tracked = HttpTracker.TransientErrors;

    public static TheoryData<Exception> Failures =>
        new(
            new HttpRequestException("connection refused"),
            new HttpRequestException(HttpRequestError.NameResolutionError),
            new TimeoutRejectedException(),
            // HttpClient and its handlers throw these on their own timeout; a cancellation by the caller has no inner TimeoutException.
            new TaskCanceledException("HttpClient.Timeout", new TimeoutException()),
            new OperationCanceledException("ConnectTimeout", new TimeoutException())
        );

    public static TheoryData<Exception> Others =>
        new(
            new TaskCanceledException(),
            new OperationCanceledException(),
            new InvalidOperationException(),
            new TimeoutException(),
            new IOException(),
            new HttpProtocolException(2, "only inside of an HttpRequestException", null),
            new BrokenCircuitException()
        );

    [Theory]
    [InlineData(HttpStatusCode.OK, false)]
    [InlineData(HttpStatusCode.NotFound, false)]
    [InlineData(HttpStatusCode.TooManyRequests, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    public void TransientErrors_are_the_default_failures_of_responses(HttpStatusCode status, bool failure)
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: new VirtualTime());
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddFluxgateBreaker(breaker).Build();

        using var response = pipeline.Execute(() => new HttpResponseMessage(status));

        Assert.Equal(failure ? 1 : 0, breaker.Snapshot().Failures);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    [MemberData(nameof(Others))]
    public void Every_exception_without_a_status_is_a_failure_by_default(Exception exception)
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: new VirtualTime());
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddFluxgateBreaker(breaker).Build();

        Assert.Same(exception, Record.Exception(() => pipeline.Execute(HttpResponseMessage () => throw exception)));

        Assert.Equal(1, breaker.Snapshot().Failures);
    }

    [Fact]
    public void ShouldHandle_replaces_the_default_entirely()
    {
        var breaker = new FluxgateBreaker("payments", timeProvider: new VirtualTime());
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(new() { Breaker = breaker, ShouldHandle = Tracker.All.For<HttpResponseMessage>() })
            .Build();

        using var response = pipeline.Execute(() => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));

        Assert.Equal((1, 0), (breaker.Snapshot().Successes, breaker.Snapshot().Failures));
    }

    [Fact]
    public void Statuses_408_429_and_500_and_above_are_failures()
    {
        var failures = Enumerable
            .Range(0, 1000)
            .Where(status =>
            {
                using var response = new HttpResponseMessage((HttpStatusCode)status);
                return Tracked.Matches(Outcome.FromResult(response));
            });

        Assert.Equal([408, 429, .. Enumerable.Range(500, 500)], failures);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Transient_exceptions_are_failures(Exception error) =>
        Assert.True(Tracked.Matches(Outcome.FromException<HttpResponseMessage>(error)));

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_exceptions_are_not_failures(Exception error) =>
        Assert.False(Tracked.Matches(Outcome.FromException<HttpResponseMessage>(error)));

    [Fact]
    public void A_null_response_is_not_a_failure() => Assert.False(Tracked.Matches(Outcome.FromResult<HttpResponseMessage>(null)));

    [Fact]
    public async Task Transient_errors_open_the_circuit_and_canceled_calls_do_not()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3) });
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = world.Breaker, Tracker = HttpTracker.TransientErrors }
            )
            .Build();
        using var busy = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        using var missing = new HttpResponseMessage(HttpStatusCode.NotFound);
        using var givenUp = new CancellationTokenSource();

        Assert.Same(missing, await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(missing)));
        Assert.Same(busy, await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(busy)));
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
            await pipeline.ExecuteAsync(_ => ValueTask.FromException<HttpResponseMessage>(new HttpRequestException()))
        );
        await Assert.ThrowsAsync<TaskCanceledException>(async () =>
            await pipeline.ExecuteAsync(
                _ =>
                {
                    givenUp.Cancel();
                    return ValueTask.FromException<HttpResponseMessage>(
                        new TaskCanceledException("", new TimeoutException(), givenUp.Token)
                    );
                },
                givenUp.Token
            )
        );

        Assert.Equal(new(Successes: 1, Failures: 2, Ignored: 1), CountsOfCalls.Of(world.Breaker));
        Assert.Same(busy, await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(busy)));
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public async Task TransientErrors_works_for_Pollys_retry()
    {
        var time = new VirtualTime();
        var attempts = 0;
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(
                new()
                {
                    ShouldHandle = HttpTracker.TransientErrors,
                    MaxRetryAttempts = 2,
                    Delay = TimeSpan.Zero,
                }
            )
            .Build();

        using var last = await pipeline.ExecuteAsync(_ =>
        {
            attempts++;
            return new ValueTask<HttpResponseMessage>(
                new HttpResponseMessage(attempts == 1 ? HttpStatusCode.TooManyRequests : HttpStatusCode.Gone)
            );
        });

        Assert.Equal((2, HttpStatusCode.Gone), (attempts, last.StatusCode));
    }
}
