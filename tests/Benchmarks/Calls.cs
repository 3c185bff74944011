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
    private const string Failure = "failure";
    private const string Size = "every second one fails, by the window's size";
    private const string Rejected = "open, rejected";

    private readonly ResilienceContext _context = ResilienceContextPool.Shared.Get();
    private readonly ResilienceContext _cancellable = ResilienceContextPool.Shared.Get(new CancellationTokenSource().Token);
    private readonly ResiliencePipeline<int> _polly = Pipelines.Polly();
    private readonly ResiliencePipeline<int> _timeWindow = Pipelines.Fluxgate();
    private readonly ResiliencePipeline<int> _neverAbandoned = Pipelines.FluxgateNeverAbandoned();
    private readonly ResiliencePipeline<int> _countWindow = Pipelines.Fluxgate(Window.Count(100));
    private readonly ResiliencePipeline<int> _slowRule = Pipelines.Fluxgate(tripper: Pipelines.SlowRule);
    private readonly ResiliencePipeline<int> _shortSlowRule = Pipelines.Fluxgate(
        tripper: Pipelines.SlowerThan(TimeSpan.FromMilliseconds(100))
    );
    private readonly ResiliencePipeline<int> _10 = Pipelines.Fluxgate(Window.Count(10), Pipelines.NeverRule);
    private readonly ResiliencePipeline<int> _1000 = Pipelines.Fluxgate(Window.Count(1_000), Pipelines.NeverRule);
    private readonly ResiliencePipeline<int> _100000 = Pipelines.Fluxgate(Window.Count(100_000), Pipelines.NeverRule);
    private readonly ResiliencePipeline<int> _measured10 = Pipelines.Fluxgate(Window.Count(10), Pipelines.NeverSlowRule);
    private readonly ResiliencePipeline<int> _measured100000 = Pipelines.Fluxgate(Window.Count(100_000), Pipelines.NeverSlowRule);
    private readonly ResiliencePipeline<int> _pollyNever = Pipelines.PollyNever();
    private readonly ResiliencePipeline<int> _never = Pipelines.Fluxgate(tripper: Pipelines.NeverInTimeRule);
    private readonly ResiliencePipeline<int> _durations = Pipelines.Fluxgate(listeners: new PrometheusListener(new()));
    private readonly ResiliencePipeline<int> _slowRuleAndDurations = Pipelines.Fluxgate(
        tripper: Pipelines.SlowRule,
        listeners: new PrometheusListener(new())
    );
    private readonly ResiliencePipeline _pollyOfAny = Pipelines.PollyOfAny();
    private readonly ResiliencePipeline _ofAny = Pipelines.FluxgateOfAny();
    private readonly ResiliencePipeline<int> _pollyOpen = Pipelines.PollyOpen();
    private readonly ResiliencePipeline<int> _probing = Pipelines.FluxgateProbing();
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
    public int Polly_cancellable() => Succeed(_polly, _cancellable);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_cancellable() => Succeed(_timeWindow, _cancellable);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_cancellable_never_abandoned() => Succeed(_neverAbandoned, _cancellable);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule() => Succeed(_slowRule);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule_below_a_second() => Succeed(_shortSlowRule);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_duration_histogram() => Succeed(_durations);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule_and_histogram() => Succeed(_slowRuleAndDurations);

    [Benchmark(Baseline = true), BenchmarkCategory(OfAny)]
    public int Polly_non_generic() => Succeed(_pollyOfAny);

    [Benchmark, BenchmarkCategory(OfAny)]
    public int Fluxgate_non_generic() => Succeed(_ofAny);

    [Benchmark(Baseline = true), BenchmarkCategory(Failure)]
    public bool Polly_failures() => Fail(_pollyNever);

    [Benchmark, BenchmarkCategory(Failure)]
    public bool Fluxgate_failures() => Fail(_never);

    [Benchmark(Baseline = true, OperationsPerInvoke = 2), BenchmarkCategory(Size)]
    public bool Window_of_10() => FailAndSucceed(_10);

    [Benchmark(OperationsPerInvoke = 2), BenchmarkCategory(Size)]
    public bool Window_of_1_000() => FailAndSucceed(_1000);

    [Benchmark(OperationsPerInvoke = 2), BenchmarkCategory(Size)]
    public bool Window_of_100_000() => FailAndSucceed(_100000);

    [Benchmark(OperationsPerInvoke = 2), BenchmarkCategory(Size)]
    public bool Measured_window_of_10() => FailAndSucceed(_measured10);

    [Benchmark(OperationsPerInvoke = 2), BenchmarkCategory(Size)]
    public bool Measured_window_of_100_000() => FailAndSucceed(_measured100000);

    [Benchmark(Baseline = true), BenchmarkCategory(Rejected)]
    public bool Polly_rejects() => Reject(_pollyOpen);

    [Benchmark, BenchmarkCategory(Rejected)]
    public bool Fluxgate_rejects() => Reject(_open);

    [Benchmark, BenchmarkCategory(Success)]
    public int Fluxgate_probes() => Succeed(_probing);

    private int Succeed(ResiliencePipeline<int> pipeline) => Succeed(pipeline, _context);

    private static int Succeed(ResiliencePipeline<int> pipeline, ResilienceContext context) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, context, 0).GetAwaiter().GetResult().Result;

    private int Succeed(ResiliencePipeline pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0).GetAwaiter().GetResult().Result;

    private bool Fail(ResiliencePipeline<int> pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, failed) => failed, _context, Outcomes.Failed).GetAwaiter().GetResult().Exception
            is not null;

    private bool FailAndSucceed(ResiliencePipeline<int> pipeline) => Fail(pipeline) && Succeed(pipeline) == 1;

    private bool Reject(ResiliencePipeline<int> pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0).GetAwaiter().GetResult().Exception is not null;
}
