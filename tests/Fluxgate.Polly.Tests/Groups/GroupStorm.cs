using Polly;

namespace Fluxgate;

/// <summary>Eight threads call a small group with 50,000 keys while time passes, settings change and metrics are read.</summary>
public sealed class GroupStorm
{
    private const int Callers = 8;
    private const int CallsOfEach = 40_000;
    private const int Keys = 50_000;
    private const int Places = 1_000;

    private static readonly string[] AllKeys = [.. Enumerable.Range(0, Keys).Select(number => $"tenant-{number}")];

    private readonly VirtualTime _time = new();
    private readonly BreakerMetrics _metrics = new();

    [Theory]
    [InlineData(null)]
    [InlineData(0.1)]
    public void The_totals_are_exact(double? maxOpenRatio)
    {
        var options = new BreakerGroupOptions
        {
            MaxBreakers = Places,
            IdleTimeout = TimeSpan.FromSeconds(10),
            MaxOpenRatio = maxOpenRatio,
            MaxKeySeries = 50,
        };
        var group = new BreakerGroup("tenants", Settings(3), options, _time);
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(group, context => context.OperationKey).Build();
        var counts = new long[Callers][];
        using var callersLeft = new CountdownEvent(Callers);

        Action[] others = [PassTime, Reload, ReadMetrics];
        ConcurrentWork.Run(
            thread =>
            {
                if (thread < Callers)
                {
                    Call(thread);
                }
                else
                {
                    others[thread - Callers]();
                }
            },
            Callers + others.Length
        );

        AssertTotals(group.Snapshot());
        Assert.InRange(group.Count, 1, Places);
        var opened = group.Snapshot().CircuitsIn(BreakerState.Open) + group.Snapshot().CircuitsIn(BreakerState.HalfOpen);
        Assert.Equal(opened, group.Trips.Tripped);

        for (var i = 0; i < 40; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.True(SpinWait.SpinUntil(() => group.Snapshot().Count == 0, TimeSpan.FromSeconds(20)));
        AssertTotals(group.Snapshot());
        Assert.Equal((0, 0), (group.Count, group.Trips.Tripped));
        Assert.InRange(group.Snapshot().Evicted, Places, long.MaxValue);

        void Call(int caller)
        {
            var random = new Random(caller);
            var own = counts[caller] = new long[3];
            for (var i = 0; i < CallsOfEach; i++)
            {
                // Some keys are called often and others once.
                var key = AllKeys[random.Next(3) == 0 ? random.Next(Keys) : random.Next(Keys / 100)];
                var fails = random.Next(3) == 0;
                var keyed = ResilienceContextPool.Shared.Get(key);
                var outcome = pipeline
                    .ExecuteOutcomeAsync(
                        static (_, fails) =>
                            new ValueTask<Outcome<int>>(
                                fails ? Outcome.FromException<int>(new InvalidOperationException()) : Outcome.FromResult(1)
                            ),
                        keyed,
                        fails
                    )
                    .AsTask()
                    .Result;
                ResilienceContextPool.Shared.Return(keyed);
                own[
                    outcome.Exception is CallNotPermittedException ? 2
                    : outcome.Exception is null ? 0
                    : 1
                ]++;
            }

            callersLeft.Signal();
        }

        void PassTime() => UntilAllCalled(_ => _time.Advance(TimeSpan.FromMilliseconds(500)));

        void Reload() => UntilAllCalled(round => group.Reconfigure(Settings(2 + (round % 3)), options));

        void ReadMetrics()
        {
            var requests = 0d;
            var samples = new MetricSamples();
            UntilAllCalled(_ =>
            {
                var reading = _metrics.Read();
                var now = Sum(reading, samples, "circuit_breaker_requests_total");
                Assert.InRange(now, requests, double.MaxValue);
                Assert.InRange(Sum(reading, samples, "circuit_breaker_key_state"), 0, options.MaxKeySeries);
                requests = now;
            });
        }

        void UntilAllCalled(Action<int> act)
        {
            for (var round = 0; !callersLeft.IsSet; round++)
            {
                act(round);
                Thread.Yield();
            }
        }

        void AssertTotals(BreakerGroupSnapshot now)
        {
            long[] all = [.. Enumerable.Range(0, 3).Select(kind => counts.Sum(own => own[kind]))];
            Assert.Equal((all[0], all[1], all[2]), (now.Successes, now.Failures, now.Rejected));
            Assert.Equal((Callers * CallsOfEach, 0), (now.Requests + now.Rejected, now.InFlight));
        }
    }

    private static double Sum(MetricsReading reading, MetricSamples samples, string name)
    {
        var family = reading.Families.Single(family => family.Name == name);
        var sum = 0d;
        for (var circuit = 0; circuit < reading.CircuitsOf(family); circuit++)
        {
            reading.Read(family, circuit, samples);
            foreach (var sample in samples.All)
            {
                sum += sample.Value;
            }
        }

        return sum;
    }

    private FluxgateBreakerSettings Settings(int streak) =>
        new()
        {
            Tripper = Tripper.FailureStreak(streak),
            BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(2)),
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(1),
            Listeners = { _metrics },
        };
}
