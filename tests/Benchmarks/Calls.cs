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

    /// <summary>The calls of one run, so that a figure does not contain the call of the benchmark itself.</summary>
    public const int InARun = 100;

    // Lazy, so that a benchmark runs no other pipeline than its own, and the compiler sees no other calls.
    private readonly ResilienceContext _context = ResilienceContextPool.Shared.Get();
    private readonly ResilienceContext _cancellable = ResilienceContextPool.Shared.Get(new CancellationTokenSource().Token);
    private readonly Lazy<ResiliencePipeline<int>> _polly = new(() => Pipelines.Polly());
    private readonly Lazy<ResiliencePipeline<int>> _passThrough = new(() => Pipelines.PassThrough<NoWork>());
    private readonly Lazy<ResiliencePipeline<int>> _leastCounting = new(() => Pipelines.PassThrough<CountingWork>());
    private readonly Lazy<ResiliencePipeline<int>> _leastTiming = new(() => Pipelines.PassThrough<TimingWork>());
    private readonly Lazy<ResiliencePipeline<int>> _leastInFlight = new(() => Pipelines.PassThrough<InFlightWork>());
    private readonly Lazy<ResiliencePipeline<int>> _leastExactInFlight = new(() => Pipelines.PassThrough<ExactInFlightWork>());
    private readonly Lazy<ResiliencePipeline<int>> _timeWindow = new(() => Pipelines.Fluxgate());
    private readonly Lazy<ResiliencePipeline<int>> _neverAbandoned = new(() => Pipelines.FluxgateNeverAbandoned());
    private readonly Lazy<ResiliencePipeline<int>> _countWindow = new(() => Pipelines.Fluxgate(Window.Count(100)));
    private readonly Lazy<ResiliencePipeline<int>> _slowRule = new(() => Pipelines.Fluxgate(tripper: Pipelines.SlowRule));
    private readonly Lazy<ResiliencePipeline<int>> _shortSlowRule = new(() =>
        Pipelines.Fluxgate(tripper: Pipelines.SlowerThan(TimeSpan.FromMilliseconds(100)))
    );
    private readonly Lazy<ResiliencePipeline<int>> _10 = new(() => Pipelines.Fluxgate(Window.Count(10), Pipelines.NeverRule));
    private readonly Lazy<ResiliencePipeline<int>> _1000 = new(() => Pipelines.Fluxgate(Window.Count(1_000), Pipelines.NeverRule));
    private readonly Lazy<ResiliencePipeline<int>> _100000 = new(() => Pipelines.Fluxgate(Window.Count(100_000), Pipelines.NeverRule));
    private readonly Lazy<ResiliencePipeline<int>> _measured10 = new(() => Pipelines.Fluxgate(Window.Count(10), Pipelines.NeverSlowRule));
    private readonly Lazy<ResiliencePipeline<int>> _measured100000 = new(() =>
        Pipelines.Fluxgate(Window.Count(100_000), Pipelines.NeverSlowRule)
    );
    private readonly Lazy<ResiliencePipeline<int>> _pollyNever = new(() => Pipelines.PollyNever());
    private readonly Lazy<ResiliencePipeline<int>> _never = new(() => Pipelines.Fluxgate(tripper: Pipelines.NeverInTimeRule));
    private readonly Lazy<ResiliencePipeline<int>> _durations = new(() => Pipelines.Fluxgate(listeners: new PrometheusListener(new())));
    private readonly Lazy<ResiliencePipeline<int>> _slowRuleAndDurations = new(() =>
        Pipelines.Fluxgate(tripper: Pipelines.SlowRule, listeners: new PrometheusListener(new()))
    );
    private readonly Lazy<ResiliencePipeline> _pollyOfAny = new(() => Pipelines.PollyOfAny());
    private readonly Lazy<ResiliencePipeline> _ofAny = new(() => Pipelines.FluxgateOfAny());
    private readonly Lazy<ResiliencePipeline<int>> _pollyOpen = new(() => Pipelines.PollyOpen());
    private readonly Lazy<ResiliencePipeline<int>> _probing = new(() => Pipelines.FluxgateProbing());
    private readonly Lazy<ResiliencePipeline<int>> _open = new(() => Pipelines.FluxgateOpen());

    [Benchmark(Baseline = true, OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Polly_success() => Succeed(_polly);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Empty_pipeline() => Succeed(ResiliencePipeline<int>.Empty, _context);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Pass_through() => Succeed(_passThrough);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Least_counting() => Succeed(_leastCounting);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Least_timing() => Succeed(_leastTiming);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Least_in_flight() => Succeed(_leastInFlight);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Least_exact_in_flight() => Succeed(_leastExactInFlight);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_time_window() => Succeed(_timeWindow);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_count_window() => Succeed(_countWindow);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Polly_cancellable() => Succeed(_polly.Value, _cancellable);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_cancellable() => Succeed(_timeWindow.Value, _cancellable);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_cancellable_never_abandoned() => Succeed(_neverAbandoned.Value, _cancellable);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule() => Succeed(_slowRule);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule_below_a_second() => Succeed(_shortSlowRule);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_duration_histogram() => Succeed(_durations);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_slow_call_rule_and_histogram() => Succeed(_slowRuleAndDurations);

    [Benchmark(Baseline = true, OperationsPerInvoke = InARun), BenchmarkCategory(OfAny)]
    public int Polly_non_generic() => Succeed(_pollyOfAny);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(OfAny)]
    public int Fluxgate_non_generic() => Succeed(_ofAny);

    [Benchmark(Baseline = true, OperationsPerInvoke = InARun), BenchmarkCategory(Failure)]
    public int Polly_failures() => Fail(_pollyNever);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Failure)]
    public int Fluxgate_failures() => Fail(_never);

    [Benchmark(Baseline = true, OperationsPerInvoke = 2 * InARun), BenchmarkCategory(Size)]
    public int Window_of_10() => FailAndSucceed(_10);

    [Benchmark(OperationsPerInvoke = 2 * InARun), BenchmarkCategory(Size)]
    public int Window_of_1_000() => FailAndSucceed(_1000);

    [Benchmark(OperationsPerInvoke = 2 * InARun), BenchmarkCategory(Size)]
    public int Window_of_100_000() => FailAndSucceed(_100000);

    [Benchmark(OperationsPerInvoke = 2 * InARun), BenchmarkCategory(Size)]
    public int Measured_window_of_10() => FailAndSucceed(_measured10);

    [Benchmark(OperationsPerInvoke = 2 * InARun), BenchmarkCategory(Size)]
    public int Measured_window_of_100_000() => FailAndSucceed(_measured100000);

    [Benchmark(Baseline = true, OperationsPerInvoke = InARun), BenchmarkCategory(Rejected)]
    public int Polly_rejects() => Reject(_pollyOpen);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Rejected)]
    public int Fluxgate_rejects() => Reject(_open);

    [Benchmark(OperationsPerInvoke = InARun), BenchmarkCategory(Success)]
    public int Fluxgate_probes() => Succeed(_probing);

    private int Succeed(Lazy<ResiliencePipeline<int>> pipeline) => Succeed(pipeline.Value, _context);

    private static int Succeed(ResiliencePipeline<int> pipeline, ResilienceContext context)
    {
        var sum = 0;
        for (var call = 0; call < InARun; call++)
        {
            sum += pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, context, 0).GetAwaiter().GetResult().Result;
        }

        return sum;
    }

    private int Succeed(Lazy<ResiliencePipeline> lazy)
    {
        var pipeline = lazy.Value;
        var sum = 0;
        for (var call = 0; call < InARun; call++)
        {
            sum += pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0).GetAwaiter().GetResult().Result;
        }

        return sum;
    }

    private int Fail(Lazy<ResiliencePipeline<int>> lazy)
    {
        var pipeline = lazy.Value;
        var failures = 0;
        for (var call = 0; call < InARun; call++)
        {
            failures += Failed(pipeline.ExecuteOutcomeAsync(static (_, failed) => failed, _context, Outcomes.Failed));
        }

        return failures;
    }

    private int FailAndSucceed(Lazy<ResiliencePipeline<int>> lazy)
    {
        var pipeline = lazy.Value;
        var failures = 0;
        for (var call = 0; call < InARun; call++)
        {
            failures += Failed(pipeline.ExecuteOutcomeAsync(static (_, failed) => failed, _context, Outcomes.Failed));
            failures += Failed(pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0));
        }

        return failures;
    }

    private int Reject(Lazy<ResiliencePipeline<int>> lazy)
    {
        var pipeline = lazy.Value;
        var rejections = 0;
        for (var call = 0; call < InARun; call++)
        {
            rejections += Failed(pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, _context, 0));
        }

        return rejections;
    }

    private static int Failed(ValueTask<Outcome<int>> call) => call.GetAwaiter().GetResult().Exception is null ? 0 : 1;
}
