using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Hedging;
using Polly.Retry;

namespace Fluxgate;

/// <summary>Differences between rejections of Polly and of Fluxgate, as docs/migrating.md lists them, and code that works with both.</summary>
public sealed class DifferentRejections
{
    [Fact]
    public async Task A_rejection_is_not_of_Pollys_exact_type()
    {
        var (polly, ours) = await BothAsync();
        Assert.Equal([typeof(BrokenCircuitException), typeof(CallNotPermittedException)], [polly.GetType(), ours.GetType()]);

        foreach (var exception in (Exception[])[polly, ours])
        {
            Action call = () => throw exception;

            #region docs/migrating.md: Checks for the exact type
            var isRejected = exception is BrokenCircuitException; // not exception.GetType() == typeof(BrokenCircuitException)
            var status = exception switch // not a dictionary that is looked up by exception.GetType()
            {
                BrokenCircuitException => 503,
                _ => 500,
            };
            Assert.ThrowsAny<BrokenCircuitException>(call); // not Assert.Throws<BrokenCircuitException>(call)
            #endregion

            Assert.Equal((true, 503), (isRejected, status));
        }
    }

    [Theory, BothBreakers]
    public async Task Predicates_for_BrokenCircuitException_handle_both(string kind)
    {
        var (rejection, context) = (await RejectedAsync(kind), ResilienceContextPool.Shared.Get());
        Func<RetryPredicateArguments<object>, ValueTask<bool>> handles = new PredicateBuilder().Handle<BrokenCircuitException>();
        Func<RetryPredicateArguments<object>, ValueTask<bool>> handlesAnyRejection =
            new PredicateBuilder().Handle<ExecutionRejectedException>();

        Assert.True(await handles(new(context, Outcome.FromException<object>(rejection), 0)));
        Assert.True(await handlesAnyRejection(new(context, Outcome.FromException<object>(rejection), 0)));
        ResilienceContextPool.Shared.Return(context);
    }

    [Fact]
    public async Task The_failure_that_opened_is_not_the_inner_exception()
    {
        var (polly, ours) = await BothAsync();

        Assert.IsType<IOException>(polly.InnerException);
        Assert.Null(ours.InnerException);
        Assert.Equal("MinRequests 4 >= 4 & FailureRate 100% >= 50% (4 of 4)", ours.Reason.Text);
    }

    [Fact]
    public async Task The_message_of_a_rejection_differs()
    {
        var (polly, ours) = await BothAsync();

        Assert.Equal("The circuit is now open and is not allowing calls.", polly.Message);
        Assert.StartsWith("Circuit 'payments' is open and rejects the call: MinRequests 4", ours.Message, StringComparison.Ordinal);
        Assert.EndsWith("It probes again in 5s.", ours.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_has_no_RetryAfter_while_half_open()
    {
        var times = new List<TimeSpan?>();
        foreach (var kind in (string[])[BothBreakersAttribute.Polly, BothBreakersAttribute.Fluxgate])
        {
            var breaker = ParityBreaker.Of(kind);
            await breaker.FailAsync(4);
            breaker.Wait(5);
            _ = breaker.Calls.Begin();
            times.Add((await breaker.RejectedAsync()).RetryAfter);
            breaker.Wait(7);
            times.Add((await breaker.RejectedAsync()).RetryAfter);
        }

        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(-2), null, null], times);
    }

    [Theory, BothBreakers]
    public async Task Pollys_default_retry_repeats_rejections_of_both(string kind)
    {
        #region docs/migrating.md: A retry outside the breaker
        var retry = new RetryStrategyOptions<string>
        {
            ShouldHandle = new PredicateBuilder<string>().Handle<Exception>(error =>
                error is not (OperationCanceledException or BrokenCircuitException)
            ),
        };
        #endregion

        Assert.Equal((3, 0), (await RetriesAsync(kind, new()), await RetriesAsync(kind, retry)));
    }

    [Theory, BothBreakers]
    public async Task Default_predicates_of_hedging_and_fallback_handle_rejections(string kind)
    {
        var outcome = Outcome.FromException<string>(await RejectedAsync(kind));
        var context = ResilienceContextPool.Shared.Get();

        Assert.True(await new HedgingStrategyOptions<string>().ShouldHandle(new(context, outcome)));
        Assert.True(await new FallbackStrategyOptions<string>().ShouldHandle(new(context, outcome)));
        Assert.True(Tracker.All.For<string>().Matches(outcome));
        ResilienceContextPool.Shared.Return(context);
    }

    private static async Task<int> RetriesAsync(string kind, RetryStrategyOptions<string> retry)
    {
        var (rejection, retries) = (await RejectedAsync(kind), 0);
        retry.Delay = TimeSpan.Zero;
        retry.OnRetry = _ =>
        {
            retries++;
            return default;
        };
        var pipeline = new ResiliencePipelineBuilder<string>().AddRetry(retry).Build();
        await Assert.ThrowsAnyAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync<string>(_ => throw rejection));
        return retries;
    }

    private static async Task<(BrokenCircuitException Polly, CallNotPermittedException Ours)> BothAsync() =>
        (
            await RejectedAsync(BothBreakersAttribute.Polly),
            Assert.IsType<CallNotPermittedException>(await RejectedAsync(BothBreakersAttribute.Fluxgate))
        );

    private static async Task<BrokenCircuitException> RejectedAsync(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.FailAsync(4);
        return await breaker.RejectedAsync();
    }
}
