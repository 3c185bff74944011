namespace Fluxgate;

public sealed class ConcurrentReconfiguration
{
    private const int Threads = 4;

    private static readonly int[] ToAndFro = [.. Enumerable.Range(1, 40).Select(time => time % 2)];

    [Fact]
    public void Totals_and_signals_are_exact_under_concurrent_reconfigurations()
    {
        var world = new World(Settings(0));
        var settled = new long[3];
        var rejected = 0L;
        var work = Enumerable.Range(0, Threads).Select(seed => (Action)(() => Calls(seed))).ToList();
        work.Add(() =>
        {
            for (var i = 1; i <= 400; i++)
            {
                world.Breaker.Reconfigure(Settings(i));
            }
        });
        work.Add(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                _ = (i % 6) switch
                {
                    0 => world.Breaker.Trip(),
                    1 => world.Breaker.Probe(),
                    2 => world.Breaker.MetricsOnly(),
                    3 => world.Breaker.ForceOpen(),
                    _ => world.Breaker.Reset(),
                };
            }
        });
        AtOnce(work);

        var now = world.Now;
        Assert.Equal((settled[0], settled[1], settled[2]), (now.Successes, now.Failures, now.Ignored));
        Assert.Equal((rejected, 0, 0), (now.Rejected, now.InFlight, now.HalfOpenInFlight));
        Assert.Equal(now.SignalCount, world.Signals.Count);
        Assert.Equal(
            Enumerable.Range(1, world.Signals.Count).Select(number => (long)number),
            world.Signals.Select(signal => signal.SequenceNumber)
        );
        Assert.Equal(world.Signals.SkipLast(1).Select(signal => signal.NewState), world.Signals.Skip(1).Select(signal => signal.OldState));
        Assert.Equal(now.WouldTrips, world.Notices.OfType<WouldTripNotice>().Count());
        Assert.Equal(400, world.Notices.OfType<ReconfiguredNotice>().Count());

        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(3) });
        world.Breaker.Reset();
        world.Fail(3);
        Assert.Equal(BreakerState.Open, world.State);

        void Calls(int seed)
        {
            for (var i = 0; i < 5000; i++)
            {
                if (world.Breaker.TryAdmit(out var admission))
                {
                    var verdict = (Verdict)(
                        (((i * 7) + seed) % 11) switch
                        {
                            < 4 => 0,
                            < 9 => 1,
                            _ => 2,
                        }
                    );
                    admission.Settle(verdict);
                    Interlocked.Increment(ref settled[(int)verdict]);
                }
                else
                {
                    Interlocked.Increment(ref rejected);
                }
            }
        }
    }

    [Theory]
    [InlineData("FailureStreak(40)")]
    [InlineData("MinRequests(40) & FailureRate(100%)")]
    [InlineData("MinRequests(40) & FailureRate(100%) & FailureStreak(40)")]
    [InlineData("MinRequests(40) & SlowRate(100%, 1s)")]
    public void No_trip_is_lost_whichever_call_is_the_last_required(string rule)
    {
        // Both fire at the fortieth failure, and are evaluated at different moments before it.
        FluxgateBreakerSettings[] settings =
        [
            new() { Tripper = Tripper.Parse(rule) },
            new() { Tripper = Tripper.Parse($"{rule} | FailureStreak(40)") },
        ];
        var world = new World(settings[0]);
        for (var round = 0; round < 150; round++)
        {
            var work = Enumerable.Repeat(() => Fail(10), Threads).ToList();
            work.Add(() => Array.ForEach(ToAndFro, next => world.Breaker.Reconfigure(settings[next])));
            AtOnce(work);
            Assert.Equal((round, BreakerState.Open, 40L), (round, world.State, world.Now.Requests - (40L * round)));
            world.Breaker.Reset();
        }

        void Fail(int calls)
        {
            for (var i = 0; i < calls; i++)
            {
                world.Begin().Settle(Verdict.Failure, TimeSpan.FromSeconds(2));
            }
        }
    }

    [Fact]
    public void No_permit_and_no_recovery_is_lost_whichever_probe_is_the_last()
    {
        FluxgateBreakerSettings[] settings =
        [
            new() { Permit = Permit.MaxConcurrent(Threads), Recovery = Recovery.AfterProbes(40) },
            new() { Permit = Permit.MaxConcurrent(Threads), Recovery = Recovery.AfterProbes(40) & Recovery.WhenQuiet },
        ];
        var world = new World(settings[0]);
        for (var round = 0; round < 150; round++)
        {
            world.Breaker.Probe();
            world.Begin().Settle(Verdict.Ignored);
            var work = Enumerable.Repeat(() => world.Succeed(10), Threads).ToList();
            work.Add(() => Array.ForEach(ToAndFro, next => world.Breaker.Reconfigure(settings[next])));
            AtOnce(work);
            Assert.Equal((round, BreakerState.Closed, 0L), (round, world.State, world.Now.InFlight));
        }

        Assert.Equal((0, 150 * 40), (world.Now.Rejected, world.Now.Successes));
    }

    private static FluxgateBreakerSettings Settings(int number) =>
        new()
        {
            Window = number % 3 == 0 ? Window.Count(20) : Window.Time(TimeSpan.FromSeconds(60)),
            Tripper = (number % 4) switch
            {
                0 => Tripper.FailureStreak(9),
                1 => Tripper.MinRequests(10) & Tripper.FailureRate(0.7),
                2 => Tripper.MinRequests(10) & (Tripper.FailureRate(0.8) | Tripper.SlowRate(0.9, TimeSpan.FromSeconds(1))),
                _ => Tripper.MinRequests(5) & Tripper.AvgLatency(TimeSpan.FromSeconds(1)),
            },
            BreakDuration = number % 5 == 0 ? BreakDuration.Fixed(TimeSpan.FromSeconds(1)) : BreakDuration.None,
            Permit = number % 2 == 0 ? Permit.All : Permit.MaxConcurrent(2),
            Recovery = Recovery.AfterProbes(1 + (number % 7)),
        };

    private static void AtOnce(List<Action> work)
    {
        using var start = new Barrier(work.Count);
        var errors = new List<Exception>();
        var threads = work.ConvertAll(action => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                action();
            }
            catch (Exception error)
            {
                lock (errors)
                {
                    errors.Add(error);
                }
            }
        }));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(errors);
    }
}
