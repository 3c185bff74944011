using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace Fluxgate;

/// <summary>The recipe of the documentation: a server's Retry-After sets the break, and RetryAfter of the rejection delays the retry.</summary>
public sealed class RetriesAfterBreaks
{
    private readonly World _world = new(
        new()
        {
            Tripper = Tripper.FailureStreak(1),
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(1),
        }
    );

    private readonly long _start;
    private readonly List<TimeSpan> _delays = [];
    private readonly List<TimeSpan> _arrivals = [];

    public RetriesAfterBreaks() => _start = _world.Time.GetTimestamp();

    [Fact]
    public async Task A_rejected_call_is_retried_when_the_break_ends()
    {
        Inline.Continuations();
        _world.Breaker.Trip();
        _world.Wait(12);
        var pipeline = Pipeline();

        var call = Send(pipeline, () => new(HttpStatusCode.OK));
        _world.Wait(47.999);
        Assert.Empty(_arrivals);
        _world.Wait(0.001);

        using var response = await Inline.Ended(call);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([TimeSpan.FromSeconds(48)], _delays);
        Assert.Equal(BreakerState.Closed, _world.State);
        Assert.Equal(new(Successes: 1, Rejected: 1), CountsOfCalls.Of(_world.Breaker));
    }

    [Fact]
    public async Task No_call_reaches_the_server_until_its_RetryAfter_has_elapsed()
    {
        Inline.Continuations();
        var pipeline = Pipeline();
        var server = new Queue<HttpResponseMessage>([
            Busy(TimeSpan.FromSeconds(25)),
            Busy(TimeSpan.FromSeconds(5)),
            new(HttpStatusCode.OK),
        ]);

        var call = Send(pipeline, server.Dequeue);
        _world.Wait(24.999);
        Assert.Equal([TimeSpan.Zero], _arrivals);
        Assert.Equal(BreakerState.Open, _world.State);
        _world.Wait(0.001);
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(25)], _arrivals);
        _world.Wait(5);

        using var response = await Inline.Ended(call);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(5)], _delays);
        Assert.Equal(
            [TimeSpan.FromSeconds(25), null, TimeSpan.FromSeconds(5), null, null],
            _world.Signals.Select(signal => signal.BreakFor)
        );
    }

    [Fact]
    public async Task Callers_rejected_in_the_meantime_retry_when_the_break_ends()
    {
        Inline.Continuations();
        var pipeline = Pipeline();
        using var busy = Busy(TimeSpan.FromSeconds(25));
        _world.Breaker.Settle(_world.Begin(), Verdict.Failure, breakFor: HttpBreak.RetryAfter(Outcome.FromResult(busy)));
        _world.Wait(5);

        var first = Send(pipeline, () => new(HttpStatusCode.OK));
        _world.Wait(10);
        var second = Send(pipeline, () => new(HttpStatusCode.OK));
        _world.Wait(10);

        using var response = await Inline.Ended(first);
        using var other = await Inline.Ended(second);
        Assert.Equal([TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)], _delays);
        Assert.Equal([TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(25)], _arrivals);
    }

    [Fact]
    public async Task A_rejection_without_RetryAfter_is_retried_after_the_default_delay()
    {
        Inline.Continuations();
        var pipeline = Pipeline();
        _world.Breaker.ForceOpen();

        var call = Send(pipeline, () => new(HttpStatusCode.OK));
        _world.Wait(1);
        _world.Breaker.Reset();
        _world.Wait(1);

        using var response = await Inline.Ended(call);
        Assert.Equal([TimeSpan.FromSeconds(2)], _delays);
    }

    private ResiliencePipeline<HttpResponseMessage> Pipeline() =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _world.Time }
            .AddRetry(
                new RetryStrategyOptions<HttpResponseMessage>
                {
                    ShouldHandle = HttpTracker.TransientErrors | Tracker.TypeOf<CallNotPermittedException>(),
                    Delay = TimeSpan.FromSeconds(2),
                    DelayGenerator = args =>
                        new(
                            args.Outcome.Exception is CallNotPermittedException rejected
                                ? rejected.RetryAfter
                                : HttpBreak.RetryAfter(args.Outcome)
                        ),
                    OnRetry = args =>
                    {
                        _delays.Add(args.RetryDelay);
                        return default;
                    },
                }
            )
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<HttpResponseMessage>
                {
                    Breaker = _world.Breaker,
                    Tracker = HttpTracker.TransientErrors,
                    BreakDurationHint = HttpBreak.RetryAfter,
                }
            )
            .Build();

    private async Task<HttpResponseMessage> Send(ResiliencePipeline<HttpResponseMessage> pipeline, Func<HttpResponseMessage> answer) =>
        await pipeline.ExecuteAsync(_ =>
        {
            _arrivals.Add(_world.Time.GetElapsedTime(_start));
            return new ValueTask<HttpResponseMessage>(answer());
        });

    private static HttpResponseMessage Busy(TimeSpan retryAfter) =>
        new(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new RetryConditionHeaderValue(retryAfter) } };
}
