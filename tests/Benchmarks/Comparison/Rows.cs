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
        Call("an empty pipeline", calls => () => calls.Polly_success(), calls => () => calls.Empty_pipeline()),
        Call("a strategy that passes calls through", calls => () => calls.Polly_success(), calls => () => calls.Pass_through()),
        Call("only 2 exchanges, 1 coarse reading", calls => () => calls.Polly_success(), calls => () => calls.Least_counting()),
        Call("only 2 exchanges, 2 coarse readings", calls => () => calls.Polly_success(), calls => () => calls.Least_timing()),
        Call("only 3 exchanges, 2 coarse readings", calls => () => calls.Polly_success(), calls => () => calls.Least_in_flight()),
        Call("only 3 exchanges, 2 exact readings", calls => () => calls.Polly_success(), calls => () => calls.Least_exact_in_flight()),
        Call("success, time window", calls => () => calls.Polly_success(), calls => () => calls.Fluxgate_time_window(), 0.37, 0),
        Call("success, count window", calls => () => calls.Polly_success(), calls => () => calls.Fluxgate_count_window(), 0.37, 0),
        Call(
            "success, a token that can be canceled",
            calls => () => calls.Polly_cancellable(),
            calls => () => calls.Fluxgate_cancellable(),
            0.42,
            0
        ),
        Call(
            "success, such a token, AbandonedAfter never",
            calls => () => calls.Polly_cancellable(),
            calls => () => calls.Fluxgate_cancellable_never_abandoned(),
            null,
            0
        ),
        Call(
            "success, non-generic pipeline",
            calls => () => calls.Polly_non_generic(),
            calls => () => calls.Fluxgate_non_generic(),
            0.21,
            0
        ),
        Call(
            "success, slow-call rule of 10 s",
            calls => () => calls.Polly_success(),
            calls => () => calls.Fluxgate_slow_call_rule(),
            0.52,
            0
        ),
        Call(
            "success, slow-call rule of 100 ms",
            calls => () => calls.Polly_success(),
            calls => () => calls.Fluxgate_slow_call_rule_below_a_second(),
            0.90,
            0
        ),
        Call(
            "success, duration histogram",
            calls => () => calls.Polly_success(),
            calls => () => calls.Fluxgate_duration_histogram(),
            0.98,
            0
        ),
        Call(
            "success, slow-call rule and histogram",
            calls => () => calls.Polly_success(),
            calls => () => calls.Fluxgate_slow_call_rule_and_histogram(),
            0.98,
            0
        ),
        Call("failure", calls => () => calls.Polly_failures(), calls => () => calls.Fluxgate_failures(), 0.34, 0),
        Call("open, rejected as an outcome", calls => () => calls.Polly_rejects(), calls => () => calls.Fluxgate_rejects(), 0.38, 208),
        Call(
            "half-open, a probe admitted and settled (beside a closed Polly)",
            calls => () => calls.Polly_success(),
            calls => () => calls.Fluxgate_probes(),
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
            static effort => Timed.Compare(effort.ForMuchCode, static () => NewPolly(), static () => NewFluxgate())
        )
        {
            MostRatio = 2,
        },
        Window("1,000 calls", calls => () => calls.Window_of_10(), calls => () => calls.Window_of_1_000()),
        Window("100,000 calls", calls => () => calls.Window_of_10(), calls => () => calls.Window_of_100_000()),
        Window("10 calls, slow-call rule", calls => () => calls.Window_of_10(), calls => () => calls.Measured_window_of_10()),
        Window("100,000 calls, slow-call rule", calls => () => calls.Window_of_10(), calls => () => calls.Measured_window_of_100_000()),
        Memory("a breaker, count window", static () => new FluxgateBreaker("payments"), 1_434),
        Memory("a breaker, time window", static () => new FluxgateBreaker("payments", OfTimeWindow), 1_434),
        Memory("a breaker, time window, after a bucket", static () => Turned(new("payments", OfTimeWindow, new Turning())), null),
        Memory("a breaker, time window, slow-call rule", static () => new FluxgateBreaker("payments", OfSlowCalls), 1_834),
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
        .. GroupRows.All,
    ];

    private static FluxgateBreakerSettings OfTimeWindow { get; } = new() { Window = Fluxgate.Window.Time(TimeSpan.FromSeconds(10)) };

    private static FluxgateBreakerSettings OfSlowCalls { get; } = new() { Window = OfTimeWindow.Window, Tripper = Pipelines.SlowRule };

    private static Row Call(
        string name,
        Func<Calls, Action> theirs,
        Func<Calls, Action> ours,
        double? mostRatio = null,
        double? mostBytes = null
    ) =>
        new(CallTable, name, "Polly", "ns", effort => Timed.Compare(effort, theirs(Calls), ours(Calls), Calls.InARun))
        {
            MostRatio = mostRatio,
            MostBytes = mostBytes,
        };

    private static Row Window(string name, Func<Calls, Action> theirs, Func<Calls, Action> ours) =>
        new(WindowTable, name, "a window of 10 calls", "ns", effort => Timed.Compare(effort, theirs(Calls), ours(Calls), 2 * Calls.InARun));

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
        var sample = Timed.Compare(effort.ForMuchCode, () => theirs().GetAwaiter().GetResult(), () => ours().GetAwaiter().GetResult());
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
            var theirs = Pipelines.PassThrough<NoWork>();
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
