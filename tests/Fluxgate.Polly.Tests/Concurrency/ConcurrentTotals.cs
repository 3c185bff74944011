namespace Fluxgate;

public sealed class ConcurrentTotals
{
    private const int Calls = 20_000;

    public static TheoryData<string, Window, Tripper> NeverFiring =>
        new()
        {
            { "count window", Window.Count(1_000), Tripper.MinRequests(1_000) & Tripper.FailureRate(1) },
            { "time window", Window.Time(TimeSpan.FromMinutes(1)), Tripper.MinRequests(1_000) & Tripper.FailureRate(1) },
            { "slow calls", Window.Count(1_000), Tripper.MinRequests(1_000) & Tripper.SlowRate(1, OwnCount.Slow) },
            { "slow calls by time", Window.Time(TimeSpan.FromMinutes(1)), Tripper.MinRequests(1_000) & Tripper.SlowRate(1, OwnCount.Slow) },
            { "average", Window.Count(1_000), Tripper.AvgLatency(TimeSpan.FromDays(1)) },
        };

    public static TheoryData<string, Window, Tripper> Firing =>
        new()
        {
            { "count window", Window.Count(10), Tripper.MinRequests(10) & Tripper.FailureRate(0.6) },
            { "time window", Window.Time(TimeSpan.FromMinutes(1)), Tripper.MinRequests(10) & Tripper.FailureRate(0.6) },
            { "slow calls", Window.Count(10), Tripper.MinRequests(10) & Tripper.SlowRate(0.5, OwnCount.Slow) },
            { "streak", Window.Count(10), Tripper.FailureStreak(4) },
        };

    [Theory]
    [MemberData(nameof(NeverFiring))]
    public void Every_call_of_a_closed_circuit_is_counted_once(string rule, Window window, Tripper tripper)
    {
        var world = new World(new() { Window = window, Tripper = tripper }, rule);
        var counts = Counts(world);
        ConcurrentWork.Run(thread => Repeat(Calls, counts[thread].Call));

        var now = world.Now;
        OwnCount.AssertEqual(counts, now);
        Assert.Equal((ConcurrentWork.Threads * Calls, 0, 0), (now.Requests, now.InFlight, now.Stale));
        Assert.All(now.SlowCalls, slow => Assert.Equal(counts.Sum(count => count.SlowCalls), slow.Total));
        Assert.Equal(Math.Min(counts.Sum(count => count.Successes + count.Failures), Capacity(window)), now.WindowRequests);
        Assert.Empty(world.Signals);
    }

    [Theory]
    [MemberData(nameof(Firing))]
    public void Transitions_and_manual_calls_lose_no_call(string rule, Window window, Tripper tripper)
    {
        var world = new World(
            new()
            {
                Window = window,
                Tripper = tripper,
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            },
            rule
        );
        var counts = Counts(world);

        // On a busy machine threads may take turns so that no call is in flight at the end of its phase: then run once more.
        for (var runs = 0; runs < 100 && world.Now is { Stale: 0 } or { Rejected: 0 }; runs++)
        {
            ConcurrentWork.Run(thread =>
                Repeat(
                    Calls,
                    () =>
                    {
                        counts[thread].Call();
                        if (counts[thread].Next(20) == 0)
                        {
                            counts[thread].Command();
                        }
                    }
                )
            );
        }

        var now = world.Now;
        OwnCount.AssertEqual(counts, now);
        Assert.Equal((0, 0), (now.InFlight, now.HalfOpenInFlight));
        Assert.All(now.SlowCalls, slow => Assert.Equal(counts.Sum(count => count.SlowCalls), slow.Total));

        // A call that ends a break does not return that transition, since it is admitted or rejected after it.
        var ended = now.Transitions(BreakerState.Open, BreakerState.HalfOpen) - counts.Sum(count => count.ProbedByHand);
        Assert.Equal(counts.Sum(count => count.Signals) + ended, now.SignalCount);
        Assert.True(ended > 0 && now.Stale > 0 && now.Rejected > 0, "No call was stale or rejected.");
    }

    [Fact]
    public void An_admitted_call_has_settled_or_is_in_flight()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(5),
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
            }
        );
        var counts = Counts(world);
        var held = new List<Admission>[ConcurrentWork.Threads];
        ConcurrentWork.Run(thread =>
        {
            held[thread] = [];
            Repeat(
                Calls / 4,
                () =>
                {
                    counts[thread].Call();
                    if (counts[thread].Next(10) == 0 && counts[thread].Admit() is { } admission)
                    {
                        held[thread].Add(admission);
                    }
                }
            );
        });

        OwnCount.AssertEqual(counts, world.Now);
        Assert.Equal(held.Sum(admissions => admissions.Count), world.Now.InFlight);

        ConcurrentWork.Run(thread => held[thread].ForEach(counts[thread].Settle));
        OwnCount.AssertEqual(counts, world.Now);
        Assert.Equal((0, 0), (world.Now.InFlight, world.Now.HalfOpenInFlight));
    }

    [Fact]
    public void Every_call_has_one_verdict_while_leases_expire()
    {
        var world = new World(
            new()
            {
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
                ProbeLease = TimeSpan.FromSeconds(1),
                Recovery = Recovery.AfterProbes(1_000),
                InitialState = BreakerState.HalfOpen,
            }
        );
        var counts = Counts(world);
        var admitted = new long[ConcurrentWork.Threads];
        ConcurrentWork.Run(thread =>
            Repeat(
                Calls / 4,
                () =>
                {
                    if (counts[thread].Admit() is not { } admission)
                    {
                        return;
                    }

                    admitted[thread]++;
                    if (thread == 0)
                    {
                        world.Wait(1);
                    }

                    counts[thread].Settle(admission);
                }
            )
        );

        var now = world.Now;
        Assert.Equal((admitted.Sum(), 0, 0), (now.Requests, now.InFlight, now.HalfOpenInFlight));
        Assert.Equal(counts.Sum(count => count.Rejected), now.Rejected);
        Assert.True(now.Failures > counts.Sum(count => count.Failures), "No lease expired.");
    }

    private static OwnCount[] Counts(World world) =>
        [.. Enumerable.Range(0, ConcurrentWork.Threads).Select(thread => new OwnCount(world.Breaker, thread))];

    private static long Capacity(Window window) => window.Capacity ?? long.MaxValue;

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }
}
