using System.Diagnostics;
using Polly;

namespace Fluxgate;

/// <summary>The call that ends a break: it moves an open circuit to half-open, is its only probe, and closes it.</summary>
internal sealed class Probing
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    private readonly MovableTime _time = new();
    private readonly ResilienceContext _context = ResilienceContextPool.Shared.Get();
    private readonly ResiliencePipeline<int> _pipeline;

    private Probing(Func<MovableTime, ResiliencePipeline<int>> build) => _pipeline = build(_time);

    public static Sample Compare(Effort effort)
    {
        var polly = new Probing(time =>
            new ResiliencePipelineBuilder<int> { TimeProvider = time }
                .AddCircuitBreaker(
                    new()
                    {
                        FailureRatio = 0.5,
                        MinimumThroughput = 2,
                        BreakDuration = Break,
                    }
                )
                .Build()
        );
        var fluxgate = new Probing(time =>
            new ResiliencePipelineBuilder<int> { TimeProvider = time }
                .AddFluxgateBreaker(
                    "probing",
                    new()
                    {
                        Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(0.5),
                        Window = Window.Time(TimeSpan.FromSeconds(30)),
                        BreakDuration = BreakDuration.Fixed(Break),
                        Permit = Permit.MaxConcurrent(1),
                        Recovery = Recovery.AfterProbes(1),
                    }
                )
                .Build()
        );
        polly.ManyProbes(20_000);
        fluxgate.ManyProbes(20_000);
        return Timed.Compare(effort, () => polly.ManyProbes(500), () => fluxgate.ManyProbes(500), polly.Allocated(), fluxgate.Allocated());
    }

    /// <summary>Returns the median time of a probe in nanoseconds.</summary>
    private double ManyProbes(int probes)
    {
        var times = new double[probes];
        for (var i = 0; i < probes; i++)
        {
            Open();
            var start = Stopwatch.GetTimestamp();
            Probe();
            times[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }

        return Timed.Median(times);
    }

    private double Allocated()
    {
        Open();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Probe();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Open()
    {
        Call(Outcomes.Failed);
        Call(Outcomes.Failed);
        _time.Advance(Break + TimeSpan.FromSeconds(1));
    }

    private void Probe()
    {
        if (Call(Outcomes.Succeeded).Exception is { } rejection)
        {
            throw new InvalidOperationException("The probe was rejected.", rejection);
        }
    }

    private Outcome<int> Call(ValueTask<Outcome<int>> outcome) =>
        _pipeline.ExecuteOutcomeAsync(static (_, state) => state, _context, outcome).GetAwaiter().GetResult();

    private sealed class MovableTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_ticks);

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
