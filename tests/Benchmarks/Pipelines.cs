using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Pipelines with one breaker each: Polly's own and ours, under the same rule.</summary>
internal static class Pipelines
{
    /// <summary>More than the half that some benchmarks let fail: the rule is asked, and never fires.</summary>
    public const double Rate = 0.75;

    public static readonly TimeSpan Sampling = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    private const int Minimum = 100;

    public static Tripper FailureRule { get; } = Tripper.MinRequests(Minimum) & Tripper.FailureRate(Rate);

    public static Tripper SlowRule { get; } = SlowerThan(Slow);

    /// <summary>Of rules for windows of every size that never fire, since half of the calls fail.</summary>
    public static Tripper NeverRule { get; } = Tripper.MinRequests(10) & Tripper.FailureRate(Rate);

    public static Tripper NeverSlowRule { get; } = NeverRule | (Tripper.MinRequests(10) & Tripper.SlowRate(Rate, Slow));

    /// <summary>Waits for more calls than come, although all of them fail.</summary>
    public static Tripper NeverInTimeRule { get; } = Tripper.MinRequests(int.MaxValue) & Tripper.FailureRate(Rate);

    public static Tripper SlowerThan(TimeSpan slow) => FailureRule | (Tripper.MinRequests(Minimum) & Tripper.SlowRate(Rate, slow));

    public static ResiliencePipeline<int> Polly() => new ResiliencePipelineBuilder<int>().AddCircuitBreaker(PollyOptions()).Build();

    public static ResiliencePipeline<int> PollyNever()
    {
        var options = PollyOptions();
        options.MinimumThroughput = int.MaxValue;
        return new ResiliencePipelineBuilder<int>().AddCircuitBreaker(options).Build();
    }

    public static ResiliencePipeline<int> FluxgateOfDefaults() => new ResiliencePipelineBuilder<int>().AddFluxgateBreaker().Build();

    /// <summary>A strategy that passes calls through, and does at each what a breaker cannot do without.</summary>
    public static ResiliencePipeline<int> PassThrough<TWork>()
        where TWork : struct, ILeastWork =>
        new ResiliencePipelineBuilder<int>().AddStrategy(static _ => new LeastWorkStrategy<TWork>(), new LeastWorkOptions()).Build();

    public static ResiliencePipeline PollyOfAny() =>
        new ResiliencePipelineBuilder()
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions
                {
                    FailureRatio = Rate,
                    MinimumThroughput = Minimum,
                    SamplingDuration = Sampling,
                }
            )
            .Build();

    public static ResiliencePipeline<int> PollyOpen()
    {
        var options = PollyOptions();
        options.BreakDuration = TimeSpan.FromDays(1);
        return Opened(new ResiliencePipelineBuilder<int>().AddCircuitBreaker(options).Build());
    }

    public static ResiliencePipeline<int> Fluxgate(Window? window = null, Tripper? tripper = null, params ICircuitListener[] listeners) =>
        new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(Breaker(window, tripper, listeners)).Build();

    public static ResiliencePipeline<int> FluxgateNeverAbandoned() =>
        new ResiliencePipelineBuilder<int>()
            .AddFluxgateBreaker(
                new FluxgateBreaker(
                    "never abandoned",
                    new()
                    {
                        Window = Window.Time(Sampling),
                        Tripper = FailureRule,
                        AbandonedAfter = Timeout.InfiniteTimeSpan,
                    }
                )
            )
            .Build();

    public static ResiliencePipeline FluxgateOfAny() => new ResiliencePipelineBuilder().AddFluxgateBreaker(Breaker(null, null, [])).Build();

    /// <summary>Half-open for good: every call is a probe.</summary>
    public static ResiliencePipeline<int> FluxgateProbing()
    {
        var breaker = new FluxgateBreaker(
            "probing",
            new() { Permit = Permit.MaxConcurrent(1), Recovery = Recovery.AfterProbes(int.MaxValue) }
        );
        breaker.Probe();
        return new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(breaker).Build();
    }

    public static ResiliencePipeline<int> FluxgateOpen() => Opened(Fluxgate());

    public static ResiliencePipeline<int> Opened(ResiliencePipeline<int> pipeline) => Failed(pipeline, Minimum);

    public static ResiliencePipeline<int> Failed(ResiliencePipeline<int> pipeline, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            pipeline.ExecuteOutcomeAsync(static (_, failed) => failed, ResilienceContextPool.Shared.Get(), Outcomes.Failed).AsTask().Wait();
        }

        return pipeline;
    }

    private static CircuitBreakerStrategyOptions<int> PollyOptions() =>
        new()
        {
            FailureRatio = Rate,
            MinimumThroughput = Minimum,
            SamplingDuration = Sampling,
        };

    private static FluxgateBreaker Breaker(Window? window, Tripper? tripper, ICircuitListener[] listeners)
    {
        var settings = new FluxgateBreakerSettings
        {
            Window = window ?? Window.Time(Sampling),
            Tripper = tripper ?? FailureRule,
            BreakDuration = BreakDuration.Fixed(TimeSpan.FromDays(1)),
        };
        Array.ForEach(listeners, settings.Listeners.Add);
        return new("benchmark", settings);
    }
}
