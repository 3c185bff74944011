using System.Diagnostics;
using Polly;

namespace Fluxgate;

/// <summary>All rows of docs/performance.md.</summary>
internal static class Rows
{
    private const string CallTable = "calls";
    private const string WindowTable = "windows";
    private const string MemoryTable = "memory";
    private const string ThreadTable = "threads";
    private const string PageTable = "pages";

    private static readonly Lazy<Calls> Lazy = new();

    private static Calls Calls => Lazy.Value;

    public static IReadOnlyList<Row> All { get; } =
    [
        Call("an empty pipeline", () => Calls.Polly_success(), () => Calls.Empty_pipeline()),
        Call("success, time window", () => Calls.Polly_success(), () => Calls.Fluxgate_time_window(), 0.37, 0),
        Call("success, count window", () => Calls.Polly_success(), () => Calls.Fluxgate_count_window(), 0.37, 0),
        Call("success, non-generic pipeline", () => Calls.Polly_non_generic(), () => Calls.Fluxgate_non_generic(), 0.21, 0),
        Call("success, slow-call rule of 10 s", () => Calls.Polly_success(), () => Calls.Fluxgate_slow_call_rule(), 0.48, 0),
        Call(
            "success, slow-call rule of 100 ms",
            () => Calls.Polly_success(),
            () => Calls.Fluxgate_slow_call_rule_below_a_second(),
            0.85,
            0
        ),
        Call("success, duration histogram", () => Calls.Polly_success(), () => Calls.Fluxgate_duration_histogram(), 0.98, 0),
        Call(
            "success, slow-call rule and histogram",
            () => Calls.Polly_success(),
            () => Calls.Fluxgate_slow_call_rule_and_histogram(),
            0.98,
            0
        ),
        Call("failure", () => Calls.Polly_failures(), () => Calls.Fluxgate_failures(), 0.34, 0),
        Call("open, rejected as an outcome", () => Calls.Polly_rejects(), () => Calls.Fluxgate_rejects(), 0.38, 208),
        Call(
            "half-open, a probe admitted and settled (beside a closed Polly)",
            () => Calls.Polly_success(),
            () => Calls.Fluxgate_probes(),
            1.0
        ),
        new(CallTable, "open, the call that probes and closes", "Polly", "ns", Probing.Compare),
        new(CallTable, "success, the callback suspends (bytes beyond an empty pipeline)", "Polly", "ns", Suspending.Compare)
        {
            MostBytes = 120,
        },
        new(
            CallTable,
            "creating a pipeline with a breaker",
            "Polly",
            "ns",
            static effort => Timed.Compare(effort, static () => NewPolly(), static () => NewFluxgate())
        )
        {
            MostRatio = 2,
        },
        Window("1,000 calls", () => Calls.Window_of_10(), () => Calls.Window_of_1_000()),
        Window("100,000 calls", () => Calls.Window_of_10(), () => Calls.Window_of_100_000()),
        Window("10 calls, slow-call rule", () => Calls.Window_of_10(), () => Calls.Measured_window_of_10()),
        Window("100,000 calls, slow-call rule", () => Calls.Window_of_10(), () => Calls.Measured_window_of_100_000()),
        Memory("a breaker, count window", static () => new FluxgateBreaker("payments"), 1_434),
        Memory("a breaker, time window", static () => new FluxgateBreaker("payments", OfTimeWindow), 1_434),
        Memory("a breaker, time window, after a bucket", static () => Turned(new("payments", OfTimeWindow, new Turning())), null),
        Memory("a pipeline with a breaker", static () => NewFluxgate(), null),
        Memory("a pipeline with a breaker, after 20 failures", static () => Pipelines.Failed(Pipelines.FluxgateOfDefaults(), 20), null),
        new(
            ThreadTable,
            "Polly, two threads over one",
            "a strategy that passes calls through",
            "×",
            static effort => Scaling.Compare(effort, Pipelines.Polly())
        ),
        new(
            ThreadTable,
            "Fluxgate, two threads over one",
            "a strategy that passes calls through",
            "×",
            static effort => Scaling.Compare(effort, Pipelines.Fluxgate())
        )
        {
            LeastRatio = 0.95,
        },
        Page("1 breaker", 1, null),
        Page("100 breakers", 100, null),
        Page("1,000 breakers", 1_000, 1 / 3.5),
        new(
            PageTable,
            "1,000 breakers through prometheus-net",
            "our own page",
            "µs",
            static effort => WithPages(1_000, pages => Pages(effort, pages.Fluxgate_page, pages.Prometheus_net_filled_by_us))
        )
        {
            MostRatio = 5,
        },
    ];

    private static FluxgateBreakerSettings OfTimeWindow { get; } = new() { Window = Fluxgate.Window.Time(TimeSpan.FromSeconds(10)) };

    private static Row Call(string name, Action theirs, Action ours, double? mostRatio = null, double? mostBytes = null) =>
        new(CallTable, name, "Polly", "ns", effort => Timed.Compare(effort, theirs, ours)) { MostRatio = mostRatio, MostBytes = mostBytes };

    private static Row Window(string name, Action theirs, Action ours) =>
        new(WindowTable, name, "a window of 10 calls", "ns", effort => Timed.Compare(effort, theirs, ours, calls: 2));

    private static Row Memory(string name, Func<object> ours, double? mostBytes) =>
        new(MemoryTable, name, "a pipeline with Polly's", "B", _ => Kept.Compare(static () => NewPolly(), ours)) { MostBytes = mostBytes };

    private static Row Page(string name, int breakers, double? mostRatio) =>
        new(
            PageTable,
            name,
            "prometheus-net's own children",
            "µs",
            effort => WithPages(breakers, pages => Pages(effort, pages.Prometheus_net_writes, pages.Fluxgate_page))
        )
        {
            MostRatio = mostRatio,
        };

    private static Sample Pages(Effort effort, Func<Task<long>> theirs, Func<Task<long>> ours)
    {
        var sample = Timed.Compare(effort, () => theirs().GetAwaiter().GetResult(), () => ours().GetAwaiter().GetResult());
        return sample with { Theirs = sample.Theirs / 1_000, Ours = sample.Ours / 1_000 };
    }

    private static Sample WithPages(int breakers, Func<Writers, Sample> measure)
    {
        var pages = new Writers { Breakers = breakers };
        pages.Fill();
        try
        {
            return measure(pages);
        }
        finally
        {
            pages.End();
        }
    }

    private static ResiliencePipeline<int> NewPolly() => new ResiliencePipelineBuilder<int>().AddCircuitBreaker(new()).Build();

    private static ResiliencePipeline<int> NewFluxgate() => new ResiliencePipelineBuilder<int>().AddFluxgateBreaker().Build();

    // Calls on both sides of a bucket's end, so that the window has turned once.
    private static FluxgateBreaker Turned(FluxgateBreaker breaker)
    {
        for (var call = 0; call < 2; call++)
        {
            breaker.Admit().Settle(Verdict.Success);
            ((Turning)breaker.TimeProvider).Seconds += 2;
        }

        return breaker;
    }

    private sealed class Turning : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    /// <summary>The throughput of two threads on one pipeline over that of one.</summary>
    private static class Scaling
    {
        private const int Each = 50_000;

        public static Sample Compare(Effort effort, ResiliencePipeline<int> ours)
        {
            var theirs = Pipelines.PassThrough();
            for (var warm = 0; warm < 5; warm++)
            {
                (Of(theirs), Of(ours)).ToString();
            }

            return Timed.Compare(effort, () => Of(theirs), () => Of(ours), 0, 0);
        }

        private static double Of(ResiliencePipeline<int> pipeline)
        {
            var one = Time(pipeline, 1);
            return 2 * one / Time(pipeline, 2);
        }

        private static double Time(ResiliencePipeline<int> pipeline, int threads)
        {
            var start = Stopwatch.GetTimestamp();
            Threads.Run(pipeline, threads, Each);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }
}
