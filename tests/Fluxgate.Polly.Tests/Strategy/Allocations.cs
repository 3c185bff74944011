using Polly;

namespace Fluxgate;

/// <summary>The targets of section 6 of the design that do not depend on the machine: bytes a call.</summary>
public sealed class Allocations
{
    private static readonly Outcome<int> Success = Outcome.FromResult(7);
    private static readonly Outcome<int> Failure = Outcome.FromException<int>(new TimeoutException());

    public static TheoryData<string, Window, Tripper> Rules =>
        new()
        {
            { "count window", Window.Count(1_000), Tripper.MinRequests(1_000) & Tripper.FailureRate(1) },
            { "time window", Window.Time(TimeSpan.FromHours(1)), Tripper.MinRequests(1_000) & Tripper.FailureRate(1) },
            { "streak", Window.Count(100), Tripper.FailureStreak(5) | Tripper.FailureRate(1) & Tripper.MinRequests(100) },
            { "slow rate, count window", Window.Count(1_000), Tripper.SlowRate(1, TimeSpan.FromHours(1)) },
            { "slow rate, time window", Window.Time(TimeSpan.FromHours(1)), Tripper.SlowRate(1, TimeSpan.FromHours(1)) },
            { "average, time window", Window.Time(TimeSpan.FromHours(1)), Tripper.AvgLatency(TimeSpan.FromHours(1)) },
        };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_closed_circuit_allocates_nothing(string rule, Window window, Tripper tripper)
    {
        foreach (var time in new[] { new VirtualTime(), TimeProvider.System })
        {
            using var breaker = new FluxgateBreaker(rule, new() { Window = window, Tripper = tripper }, time);
            Assert.Equal(0, OfTyped(breaker, Success, Success));
            Assert.Equal(0, OfAny(breaker, Success, Success));

            // Alternating, so that no rule fires.
            Assert.Equal(0, OfTyped(breaker, Success, Failure));
            Assert.Equal(0, OfAny(breaker, Success, Failure));
            Assert.Equal(BreakerState.Closed, breaker.State);
            Assert.True(breaker.Snapshot() is { Failures: > 10_000, Successes: > 10_000 });
        }
    }

    [Fact]
    public void A_tracker_allocates_nothing()
    {
        using var breaker = new FluxgateBreaker("tracked");
        var exceptions = Tracker.TypeOf<TimeoutException>() | Tracker.TypeOf<ArithmeticException>();
        Assert.Equal(0, OfTyped(breaker, Success, Success, options => options.Tracker = exceptions | Tracker.Result<int>(r => r == 500)));
        Assert.Equal(0, OfAny(breaker, Success, Success, options => options.Tracker = exceptions));
        Assert.Equal(0, OfAny(breaker, Success, Success, options => options.Tracker = !exceptions & exceptions));
    }

    [Fact]
    public void Only_a_predicate_on_results_boxes_them()
    {
        using var breaker = new FluxgateBreaker("boxed");
        Assert.Equal(24, OfAny(breaker, Success, Success, options => options.Tracker = Tracker.Result<object>(result => result is 500)));
    }

    [Fact]
    public void A_synchronous_execution_allocates_no_more_than_an_empty_pipeline()
    {
        using var breaker = new FluxgateBreaker("synchronous");
        var typed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(breaker).Build();
        var any = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();
        var empty = Allocated.ByACall(() => ResiliencePipeline.Empty.Execute(static state => state, 7));
        Assert.Equal(empty, Allocated.ByACall(() => any.Execute(static state => state, 7)));

        empty = Allocated.ByACall(() => ResiliencePipeline<int>.Empty.Execute(static state => state, 7));
        Assert.Equal(empty, Allocated.ByACall(() => typed.Execute(static state => state, 7)));
        Assert.Equal(0, empty);
    }

    [Fact]
    public void An_asynchronous_call_allocates_no_more_than_an_empty_pipeline()
    {
        using var breaker = new FluxgateBreaker("asynchronous");
        var any = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();
        Assert.Equal(OfReady(ResiliencePipeline.Empty), OfReady(any));

        static double OfReady(ResiliencePipeline pipeline) =>
            Allocated.ByACall(() => Completed(pipeline.ExecuteAsync(static (state, _) => new ValueTask<int>(state), 7)));
    }

    [Fact]
    public void A_rejected_outcome_allocates_only_its_exception()
    {
        using var breaker = new FluxgateBreaker("rejecting", timeProvider: new VirtualTime());
        breaker.ForceOpen();
        Assert.InRange(OfTyped(breaker, Success, Success), 1, 208);
        Assert.InRange(OfAny(breaker, Success, Success), 1, 208);
        breaker.Trip();
        Assert.InRange(OfTyped(breaker, Success, Success), 1, 208);
    }

    [Fact]
    public void A_disabled_circuit_allocates_nothing()
    {
        using var breaker = new FluxgateBreaker("disabled", new() { InitialState = BreakerState.Disabled });
        Assert.Equal(0, OfTyped(breaker, Success, Failure));
        Assert.Equal(0, OfAny(breaker, Success, Failure));
    }

    private static double OfTyped(
        FluxgateBreaker breaker,
        Outcome<int> even,
        Outcome<int> odd,
        Action<FluxgateBreakerOptions<int>>? configure = null
    )
    {
        var options = new FluxgateBreakerOptions<int> { Breaker = breaker };
        configure?.Invoke(options);
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(options).Build();
        return InTurns(
            even,
            odd,
            (context, outcome) => pipeline.ExecuteOutcomeAsync(static (_, ready) => new ValueTask<Outcome<int>>(ready), context, outcome)
        );
    }

    private static double OfAny(
        FluxgateBreaker breaker,
        Outcome<int> even,
        Outcome<int> odd,
        Action<FluxgateBreakerOptions>? configure = null
    )
    {
        var options = new FluxgateBreakerOptions { Breaker = breaker };
        configure?.Invoke(options);
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(options).Build();
        return InTurns(
            even,
            odd,
            (context, outcome) => pipeline.ExecuteOutcomeAsync(static (_, ready) => new ValueTask<Outcome<int>>(ready), context, outcome)
        );
    }

    private static double InTurns(Outcome<int> even, Outcome<int> odd, Func<ResilienceContext, Outcome<int>, ValueTask<Outcome<int>>> call)
    {
        var context = ResilienceContextPool.Shared.Get();
        var calls = 0;
        return Allocated.ByACall(() => Completed(call(context, calls++ % 2 == 0 ? even : odd)));
    }

    private static void Completed<T>(ValueTask<T> call)
    {
        Assert.True(call.IsCompletedSuccessfully);
        _ = call.Result;
    }
}
