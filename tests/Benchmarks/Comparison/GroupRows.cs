using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace Fluxgate;

/// <summary>The rows of groups: a call through a group beside the same breakers passed directly, what a circuit keeps, and a page of many.</summary>
internal static class GroupRows
{
    private const string Table = "groups";
    private const int Keys = 100;
    private const int Many = 10_000;
    private const int PageMilliseconds = 20;
    private const int PageBytes = 300 * 1024;
    private const int CircuitBytes = 1_229;
    private const int DisposalMilliseconds = 1_000;

    private const int Buckets = 10;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly FluxgateBreakerSettings OfTimeWindow = new() { Window = Window.Time(Period, Buckets) };
    private static readonly BreakerGroupOptions Places = new() { MaxBreakers = Many };
    private static readonly string[] AllKeys = [.. Enumerable.Range(0, Keys).Select(number => $"tenant-{number:000}")];

    public static IReadOnlyList<Row> All { get; } =
    [
        new(Table, "a call with the key of the call before", "the breaker passed directly", "ns", effort => Calls(effort, keys: 1))
        {
            MostMore = 10,
            MostBytes = 0,
        },
        new(Table, "a call with one of 100 keys in turn", "100 breakers passed directly, in turn", "ns", effort => Calls(effort, Keys))
        {
            MostMore = 40,
            MostBytes = 0,
        },
        Memory("an idle circuit of a group, its key included", static () => Called(new("tenants", new(), Places))),
        Memory("the same, time window", static () => Called(new("tenants", OfTimeWindow, Places))),
        Memory("the same, after calls in every bucket, each with a virtual clock", CalledInEveryBucket) with
        {
            MostBytes = null,
        },
        new(Table, "a page of a group of 10,000 circuits", "a page of a group of 1,000", "µs", ComparePages)
        {
            MostOurs = PageMilliseconds * 1_000,
        },
        new(Table, "the size of that page", "that of the group of 1,000", "B", CompareSizes) { MostOurs = PageBytes },
        new(
            Table,
            "the heap after 500,000 new keys in five minutes, 1,000 places",
            "after the first 100,000",
            "KB",
            static _ => KeyChurn.Compare()
        )
        {
            MostRatio = 1.1,
        },
        new(Table, "40,000 breakers of one name disposed", "10,000 of them", "ms", static _ => CompareDisposal())
        {
            MostOurs = DisposalMilliseconds,
        },
    ];

    private static Row Memory(string name, Func<Func<object>> newGroup) =>
        new(
            Table,
            name,
            "a pipeline with Polly's",
            "B",
            _ => Kept.Compare(static () => new ResiliencePipelineBuilder<int>().AddCircuitBreaker(new()).Build(), newGroup())
        )
        {
            MostBytes = CircuitBytes,
        };

    /// <summary>Returns what adds a circuit to a group and calls it once.</summary>
    private static Func<object> Called(BreakerGroup group)
    {
        var number = 0;
        return () =>
        {
            var breaker = group.GetOrAdd($"tenant-{number++:00000}");
            breaker.Admit().Settle(Verdict.Success);
            return breaker;
        };
    }

    /// <summary>Returns what adds a circuit to a group and calls it throughout its window. The group looks at its idle circuits every hour.</summary>
    private static Func<object> CalledInEveryBucket()
    {
        var time = new FakeTimeProvider();
        var add = Called(new("tenants", OfTimeWindow, new() { MaxBreakers = Many, IdleTimeout = TimeSpan.FromHours(10) }, time));
        return () =>
        {
            var breaker = (FluxgateBreaker)add();
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                time.Advance(Period / Buckets);
                breaker.Admit().Settle(Verdict.Success);
            }

            return breaker;
        };
    }

    private static Sample Calls(Effort effort, int keys)
    {
        var settings = new FluxgateBreakerSettings { Tripper = Pipelines.FailureRule, Window = Window.Time(Pipelines.Sampling) };
        var group = new BreakerGroup("tenants", settings);
        var keyed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(group, context => context.OperationKey).Build();
        var contexts = AllKeys.Take(keys).Select(key => ResilienceContextPool.Shared.Get(key)).ToArray();
        var direct = AllKeys
            .Take(keys)
            .Select(key => new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(key, settings).Build())
            .ToArray();
        return Timed.Compare(effort, () => CallEach(key => direct[key]), () => CallEach(_ => keyed), keys);

        void CallEach(Func<int, ResiliencePipeline<int>> pipelineOf)
        {
            for (var key = 0; key < contexts.Length; key++)
            {
                pipelineOf(key)
                    .ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<int>>(Outcome.FromResult(1)), contexts[key], 0)
                    .GetAwaiter()
                    .GetResult();
            }
        }
    }

    private static Sample ComparePages(Effort effort)
    {
        using var small = new GroupPage(1_000);
        using var large = new GroupPage(Many);
        var sample = Timed.Compare(effort, () => small.Write(), () => large.Write());
        return sample with { Theirs = sample.Theirs / 1_000, Ours = sample.Ours / 1_000 };
    }

    private static Sample CompareSizes(Effort effort)
    {
        using var small = new GroupPage(1_000);
        using var large = new GroupPage(Many);
        var (theirs, ours) = (small.Write(), large.Write());
        return new(theirs, ours, (double)ours / theirs, theirs, ours);
    }

    private static Sample CompareDisposal()
    {
        var (theirs, ours) = (Dispose(10_000), Dispose(40_000));
        return new(theirs, ours, ours / theirs, 0, 0);

        static double Dispose(int count)
        {
            var metrics = new PrometheusMetrics();
            var breakers = new FluxgateBreaker[count];
            for (var i = 0; i < count; i++)
            {
                breakers[i] = new("payments", new() { Listeners = { new PrometheusListener(metrics) } });
            }

            var start = Stopwatch.GetTimestamp();
            foreach (var breaker in breakers)
            {
                breaker.Dispose();
            }

            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    /// <summary>A group of which one circuit in fifty failed a call and one in a hundred is open, and its page.</summary>
    private sealed class GroupPage : IDisposable
    {
        private readonly PrometheusMetrics _metrics = new();
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private readonly BreakerGroup _group;

        public GroupPage(int circuits)
        {
            _group = new("tenants", new() { Listeners = { new PrometheusListener(_metrics) } }, new() { MaxBreakers = circuits });
            for (var number = 0; number < circuits; number++)
            {
                var breaker = _group.GetOrAdd($"tenant-{number:00000}");
                breaker.Admit().Settle(number % 50 == 0 ? Verdict.Failure : Verdict.Success);
                if (number % 100 == 0)
                {
                    breaker.Trip();
                }
            }
        }

        public void Dispose() => _group.Dispose();

        /// <summary>Writes the page and returns its size.</summary>
        public int Write()
        {
            _buffer.ResetWrittenCount();
            _metrics.Write(_buffer);
            return _buffer.WrittenCount;
        }
    }
}
