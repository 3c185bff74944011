using System.Net;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Differences between the default settings of Polly's breaker and of Fluxgate's, as docs/migrating.md lists them.</summary>
public sealed class DifferentDefaults
{
    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Failed_responses_are_failures_by_default(HttpStatusCode status)
    {
        using var response = new HttpResponseMessage(status);

        Assert.Equal((false, true), await OpenedByAsync(Outcome.FromResult(response)));
    }

    [Fact]
    public async Task A_status_counts_the_same_thrown_or_returned()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.NotFound);
        var exception = Assert.Throws<HttpRequestException>(() => response.EnsureSuccessStatusCode());

        Assert.Equal((false, false), await OpenedByAsync(Outcome.FromResult(response)));
        Assert.Equal((true, false), await OpenedByAsync(Outcome.FromException<HttpResponseMessage>(exception)));
        Assert.Equal((true, true), await OpenedByAsync(Outcome.FromException<HttpResponseMessage>(new HttpRequestException())));
    }

    [Fact]
    public async Task A_cancellation_without_a_canceled_token_is_a_failure()
    {
        var canceled = Outcome.FromException<HttpResponseMessage>(new TaskCanceledException());
        var withoutIt = Tracker.All & !Tracker.TypeOf<OperationCanceledException>();

        Assert.Equal((false, true), await OpenedByAsync(canceled));
        Assert.Equal((false, false), await OpenedByAsync(canceled, withoutIt));
    }

    [Fact]
    public async Task A_canceled_call_counts_as_neither()
    {
        var polly = new PollyWorld(options => options.FailureRatio = 0.5);
        var ours = new World(new() { Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(0.5) });
        var pipeline = new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(ours.Breaker).Build();
        foreach (var calls in (PipelineCalls[])[polly.Calls, new(pipeline)])
        {
            using var caller = new CancellationTokenSource();
            var call = calls.Begin(caller.Token);
            await caller.CancelAsync();
            await call.Fail(new OperationCanceledException(caller.Token));
            await calls.Fail();
        }

        // In Polly the canceled call is a success and completes the minimum of two calls.
        Assert.Equal((CircuitState.Open, BreakerState.Closed), (polly.State, ours.State));
        Assert.Equal((1, 1, 0), (ours.Now.Ignored, ours.Now.Failures, ours.Now.Successes));
    }

    [Fact]
    public async Task Defaults_open_later_and_recover_more_slowly()
    {
        var polly = new PollyWorld(options =>
        {
            var defaults = new CircuitBreakerStrategyOptions<string>();
            (options.FailureRatio, options.MinimumThroughput) = (defaults.FailureRatio, defaults.MinimumThroughput);
            (options.SamplingDuration, options.BreakDuration) = (defaults.SamplingDuration, defaults.BreakDuration);
        });
        var ours = new World();
        for (var call = 0; call < 90; call++)
        {
            await polly.Calls.Succeed();
        }

        for (var call = 0; call < 10; call++)
        {
            await polly.Calls.Fail();
        }

        ours.Succeed(51);
        ours.Fail(49);
        Assert.Equal((CircuitState.Open, BreakerState.Closed), (polly.State, ours.State));

        ours.Fail();
        polly.Wait(5);
        await polly.Calls.Succeed();
        ours.Rejects();
        ours.Wait(60);
        ours.Succeed();
        Assert.Equal((CircuitState.Closed, BreakerState.HalfOpen), (polly.State, ours.State));

        ours.Wait(60);
        ours.Succeed(8);
        Assert.Equal(BreakerState.HalfOpen, ours.State);
        ours.Succeed();
        Assert.Equal(BreakerState.Closed, ours.State);
    }

    /// <summary>Returns whether two calls with the same outcome open a circuit that two failures open.</summary>
    private static async Task<(bool Polly, bool Ours)> OpenedByAsync(Outcome<HttpResponseMessage> outcome, Tracker? tracker = null)
    {
        var state = new CircuitBreakerStateProvider();
        var polly = new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            FailureRatio = 1,
            MinimumThroughput = 2,
            StateProvider = state,
        };
        var ours = new World(new() { Tripper = Tripper.FailureStreak(2) });
        var options = new FluxgateBreakerOptions<HttpResponseMessage>
        {
            Breaker = ours.Breaker,
            Tracker = tracker?.For<HttpResponseMessage>(),
        };
        var both = new ResiliencePipelineBuilder<HttpResponseMessage>().AddCircuitBreaker(polly).AddFluxgateBreaker(options).Build();
        for (var call = 0; call < 2; call++)
        {
            var context = ResilienceContextPool.Shared.Get();
            await both.ExecuteOutcomeAsync((_, _) => new ValueTask<Outcome<HttpResponseMessage>>(outcome), context, 0);
            ResilienceContextPool.Shared.Return(context);
        }

        return (state.CircuitState == CircuitState.Open, ours.State == BreakerState.Open);
    }
}
