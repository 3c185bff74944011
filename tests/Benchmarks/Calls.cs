using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Polly;

namespace Fluxgate;

/// <summary>What one call costs: Polly.Core's own breaker is the mark in each category.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class Calls
{
    private const string Success = "success";
    private const string OfAny = "success, non-generic";
    private const string Failure = "every second one fails";
    private const string Rejected = "open, rejected";

    private readonly ResilienceContext _context = ResilienceContextPool.Shared.Get();
    private readonly ResiliencePipeline<int> _polly = Pipelines.Polly();
    private readonly ResiliencePipeline<int> _timeWindow = Pipelines.Fluxgate();
    private readonly ResiliencePipeline<int> _countWindow = Pipelines.Fluxgate(Window.Count(100));
    private readonly ResiliencePipeline<int> _slowRule = Pipelines.Fluxgate(tripper: Pipelines.SlowRule);
    private readonly ResiliencePipeline<int> _durations = Pipelines.Fluxgate(listeners: new PrometheusListener(new()));
    private readonly ResiliencePipeline<int> _slowRuleAndDurations = Pipelines.Fluxgate(
        tripper: Pipelines.SlowRule,
        listeners: new PrometheusListener(new())
    );
    private readonly ResiliencePipeline _pollyOfAny = Pipelines.PollyOfAny();
    private readonly ResiliencePipeline _ofAny = Pipelines.FluxgateOfAny();
    private readonly ResiliencePipeline<int> _pollyOpen = Pipelines.PollyOpen();
    private readonly ResiliencePipeline<int> _open = Pipelines.FluxgateOpen();

    [Benchmark(Baseline = true), BenchmarkCategory(Success)]
    public int Polly_success() => Succeed(_polly);

    [Benchmark, BenchmarkCategory(Success)]
    public int Empty_pipeline() => Succeed(ResiliencePipeline<int>.Empty);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_time_window() => Succeed(_timeWindow);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_count_window() => Succeed(_countWindow);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule() => Succeed(_slowRule);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_duration_histogram() => Succeed(_durations);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule_and_histogram() => Succeed(_slowRuleAndDurations);

    [Benchmark(Baseline = true), BenchmarkCategory(OfAny)]
    public int Polly_non_generic() => Succeed(_pollyOfAny);

    [Benchmark, BenchmarkCategory(OfAny)]
    public int Fluxgate_non_generic() => Succeed(_ofAny);

    [Benchmark(Baseline = true, OperationsPerInvoke = 2), BenchmarkCategory(Failure)]
    public int Polly_failures() => SucceedAndFail(_polly);

    [Benchmark(OperationsPerInvoke = 2), BenchmarkCategory(Failure)]
    public int Fluxgate_failures() => SucceedAndFail(_timeWindow);

    [Benchmark(Baseline = true), BenchmarkCategory(Rejected)]
    public bool Polly_rejects() => Reject(_pollyOpen);

    [Benchmark, BenchmarkCategory(Rejected)]
    public bool Fluxgate_rejects() => Reject(_open);

    private int Succeed(ResiliencePipeline<int> pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0).GetAwaiter().GetResult().Result;

    private int Succeed(ResiliencePipeline pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0).GetAwaiter().GetResult().Result;

    private int SucceedAndFail(ResiliencePipeline<int> pipeline)
    {
        pipeline.ExecuteOutcomeAsync(static (_, failed) => failed, _context, Outcomes.Failed).GetAwaiter().GetResult();
        return Succeed(pipeline);
    }

    private bool Reject(ResiliencePipeline<int> pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0).GetAwaiter().GetResult().Exception is not null;
}
