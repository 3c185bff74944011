using System.Buffers;
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
        Memory("an idle circuit of a group, its key included", new()),
        Memory("the same, time window", new() { Window = Window.Time(TimeSpan.FromSeconds(30)) }),
        new(Table, "a page of a group of 10,000 circuits", "a page of a group of 1,000", "µs", ComparePages)
        {
            MostOurs = PageMilliseconds * 1_000,
        },
        new(Table, "the size of that page", "that of the group of 1,000", "B", CompareSizes) { MostOurs = PageBytes },
    ];

    private static Row Memory(string name, FluxgateBreakerSettings settings) =>
        new(
            Table,
            name,
            "a pipeline with Polly's",
            "B",
            _ =>
            {
                var group = new BreakerGroup("tenants", settings, new() { MaxBreakers = Many });
                var number = 0;
                return Kept.Compare(
                    static () => new ResiliencePipelineBuilder<int>().AddCircuitBreaker(new()).Build(),
                    () =>
                    {
                        var breaker = group.GetOrAdd($"tenant-{number++:00000}");
                        breaker.Admit().Settle(Verdict.Success);
                        return breaker;
                    }
                );
            }
        )
        {
            MostBytes = CircuitBytes,
        };

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
