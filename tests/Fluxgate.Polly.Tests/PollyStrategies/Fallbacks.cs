using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;

namespace Fluxgate;

/// <summary>Polly's fallback around the breaker: a result for rejected calls.</summary>
public sealed class Fallbacks
{
    public static TheoryData<string> WaysToSay => new("tracker", "predicate builder", "predicate builder of Polly's exception", "lambda");

    [Theory]
    [MemberData(nameof(WaysToSay))]
    public async Task A_fallback_handles_rejected_calls_only(string way)
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddFallback(
                new() { ShouldHandle = Rejections(way), FallbackAction = args => Answer($"cached, {args.Outcome.Exception!.Message}") }
            )
            .AddFluxgateBreaker(world.Breaker)
            .Build();

        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<IOException>(async () =>
                await pipeline.ExecuteAsync(_ => ValueTask.FromException<string>(new IOException()))
            );
        }

        Assert.Equal(
            "cached, Circuit 'payments' is open and rejects the call: FailureStreak 2 >= 2. It probes again in 60s.",
            await pipeline.ExecuteAsync(_ => new ValueTask<string>("live"))
        );
        world.Breaker.Reset();
        Assert.Equal("live", await pipeline.ExecuteAsync(_ => new ValueTask<string>("live")));
        Assert.Equal(new(Successes: 1, Failures: 2, Rejected: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task The_breaker_does_not_count_failures_of_a_fallback_inside()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddFluxgateBreaker(world.Breaker)
            .AddFallback(new() { FallbackAction = _ => Answer("made up") })
            .Build();

        Assert.Equal("made up", await pipeline.ExecuteAsync(_ => ValueTask.FromException<string>(new IOException())));
        Assert.Equal(new(Successes: 1), CountsOfCalls.Of(world.Breaker));
    }

    private static ValueTask<Outcome<string>> Answer(string answer) => new(Outcome.FromResult(answer));

    private static Func<FallbackPredicateArguments<string>, ValueTask<bool>> Rejections(string way) =>
        way switch
        {
            "tracker" => Tracker.TypeOf<CallNotPermittedException>().For<string>(),
            "predicate builder" => new PredicateBuilder<string>().Handle<CallNotPermittedException>(),
            "predicate builder of Polly's exception" => new PredicateBuilder<string>().Handle<BrokenCircuitException>(),
            _ => args => new(args.Outcome.Exception is CallNotPermittedException { CircuitName: "payments" }),
        };
}
