namespace Fluxgate;

public sealed class ConcurrentSnapshots
{
    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();

    public static TheoryData<string, Window, Tripper> Rules =>
        new()
        {
            { "count window", Window.Count(10), Tripper.MinRequests(10) & Tripper.FailureRate(0.6) },
            { "time window", Window.Time(TimeSpan.FromSeconds(10)), Tripper.MinRequests(10) & Tripper.FailureRate(0.6) },
            { "slow calls", Window.Count(10), Tripper.MinRequests(10) & Tripper.SlowRate(0.5, OwnCount.Slow) },
            { "slow calls by time", Window.Time(TimeSpan.FromSeconds(10)), Tripper.MinRequests(10) & Tripper.SlowRate(0.5, OwnCount.Slow) },
        };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_snapshot_is_consistent_and_never_goes_back(string rule, Window window, Tripper tripper)
    {
        var world = new World(
            new()
            {
                Window = window,
                Tripper = tripper,
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromMilliseconds(1)),
                Permit = Permit.MaxConcurrent(3),
                Recovery = Recovery.AfterProbes(3),
            },
            rule
        );
        var working = ConcurrentWork.Threads - 1;
        ConcurrentWork.Run(thread =>
        {
            if (thread == 0)
            {
                for (var before = world.Now; Volatile.Read(ref working) > 0; )
                {
                    world.Wait(0.001);
                    var now = world.Now;
                    AgreesWithItself(now);
                    NeverGoesBack(before, now);
                    before = now;
                }

                return;
            }

            var own = new OwnCount(world.Breaker, thread);
            for (var call = 0; call < 10_000; call++)
            {
                own.Call();
                if (own.Next(50) == 0)
                {
                    own.Command();
                }
            }

            Interlocked.Decrement(ref working);
        });
        Assert.True(world.Now.SignalCount > 100, "Too few transitions.");
    }

    [Fact]
    public void A_window_never_contains_more_failures_than_calls()
    {
        const int failures = 200_000;
        var world = new World(new() { Window = Window.Count(1_000_000), Tripper = Tripper.MinRequests(1_000_000) });
        ConcurrentWork.Run(
            thread =>
            {
                if (thread == 0)
                {
                    for (var now = world.Now; now.Failures < failures; now = world.Now)
                    {
                        Assert.True(now.WindowFailures <= now.WindowRequests, $"{now.WindowFailures} failures of {now.WindowRequests}");
                    }

                    return;
                }

                world.Fail(failures);
            },
            threads: 2
        );
        Assert.Equal((failures, failures), (world.Now.WindowFailures, world.Now.WindowRequests));
    }

    private static void AgreesWithItself(BreakerSnapshot now)
    {
        Assert.Equal(now.Successes + now.Failures + now.Ignored, now.Requests);
        Assert.True(now.InFlight >= 0, $"{now.InFlight} in flight");
        Assert.InRange(now.HalfOpenInFlight, 0, now.State == BreakerState.HalfOpen ? 3 : 0);
        Assert.Equal(now.SignalCount, States.Sum(from => States.Sum(to => now.Transitions(from, to))));
        Assert.All(
            States,
            state =>
            {
                var (entered, left) = (States.Sum(from => now.Transitions(from, state)), States.Sum(to => now.Transitions(state, to)));
                Assert.Equal(state == now.State ? 1 : 0, entered - left + (state == BreakerState.Closed ? 1 : 0));
            }
        );
        Assert.True(now.WindowFailures <= now.WindowRequests, $"{now.WindowFailures} failures of {now.WindowRequests}");
        Assert.InRange(now.FailureRate ?? 0, 0, 1);
        Assert.All(now.SlowCalls, slow => Assert.InRange(slow.Rate ?? 0, 0, 1));
        Assert.True(
            now.RetryAfter is null || (now.State == BreakerState.Open && now.RetryAfter > TimeSpan.Zero),
            $"{now}: {now.RetryAfter}"
        );
        Assert.Equal(now.Rejected, States.Sum(now.RejectedIn));
    }

    private static void NeverGoesBack(BreakerSnapshot before, BreakerSnapshot now) =>
        Assert.All(
            Counters(before).Zip(Counters(now)),
            counter => Assert.True(counter.First <= counter.Second, $"{counter.First} became {counter.Second}")
        );

    private static IEnumerable<long> Counters(BreakerSnapshot snapshot) =>
        [
            snapshot.PhaseNumber,
            snapshot.SignalCount,
            snapshot.Successes,
            snapshot.Failures,
            snapshot.Ignored,
            snapshot.Stale,
            snapshot.WouldTrips,
            .. States.Select(snapshot.RejectedIn),
            .. snapshot.SlowCalls.Select(slow => slow.Total),
        ];
}
