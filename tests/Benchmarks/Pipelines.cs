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

    public static Tripper SlowRule { get; } = FailureRule | (Tripper.MinRequests(Minimum) & Tripper.SlowRate(Rate, Slow));

    public static ResiliencePipeline<int> Polly() => new ResiliencePipelineBuilder<int>().AddCircuitBreaker(PollyOptions()).Build();

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

    public static ResiliencePipeline FluxgateOfAny() => new ResiliencePipelineBuilder().AddFluxgateBreaker(Breaker(null, null, [])).Build();

    public static ResiliencePipeline<int> FluxgateOpen() => Opened(Fluxgate());

    public static ResiliencePipeline<int> Opened(ResiliencePipeline<int> pipeline)
    {
        for (var call = 0; call < Minimum; call++)
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
