namespace Fluxgate;

/// <summary>Section 6 of the design: without the second sum, 259 to 3 715 of 300 000 trips were missed.</summary>
public sealed class ConcurrentTrips
{
    private const int Rounds = 1_500;
    private const int CallsOfAThread = 5;
    private const int CallsOfARound = ConcurrentWork.Threads * CallsOfAThread;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly Tripper AllOfARound = Tripper.MinRequests(CallsOfARound);

    public static TheoryData<string, Window> Windows =>
        new()
        {
            { "count", Window.Count(100) },
            { "count that the round fills", Window.Count(CallsOfARound) },
            { "time", Window.Time(TimeSpan.FromSeconds(10)) },
        };

    [Theory]
    [MemberData(nameof(Windows))]
    public void The_call_that_reaches_the_minimum_trips(string kind, Window window) =>
        TripsInEveryRound(
            new() { Window = window, Tripper = AllOfARound & Tripper.FailureRate(2.0 / CallsOfAThread) },
            (breaker, _, call) => breaker.Admit().Settle(call < 2 ? Verdict.Failure : Verdict.Success),
            kind
        );

    [Theory]
    [MemberData(nameof(Windows))]
    public void A_minimum_that_only_successes_reach_trips(string kind, Window window) =>
        TripsInEveryRound(
            new() { Window = window, Tripper = AllOfARound & Tripper.FailureRate((double)CallsOfAThread / CallsOfARound) },
            (breaker, thread, _) => breaker.Admit().Settle(thread == 0 ? Verdict.Failure : Verdict.Success),
            kind
        );

    [Theory]
    [MemberData(nameof(Windows))]
    public void The_last_failure_trips_a_rate_of_one(string kind, Window window) =>
        TripsInEveryRound(
            new() { Window = window, Tripper = AllOfARound & Tripper.FailureRate(1) },
            (breaker, _, _) => breaker.Admit().Settle(Verdict.Failure),
            kind
        );

    [Theory]
    [MemberData(nameof(Windows))]
    public void Slow_calls_trip_when_a_fast_one_reaches_the_minimum(string kind, Window window) =>
        TripsInEveryRound(
            new() { Window = window, Tripper = AllOfARound & Tripper.SlowRate(2.0 / CallsOfAThread, Slow) },
            (breaker, _, call) => breaker.Admit().Settle(Verdict.Success, call < 2 ? Slow : TimeSpan.Zero),
            kind
        );

    [Theory]
    [MemberData(nameof(Windows))]
    public void A_mean_duration_trips(string kind, Window window) =>
        TripsInEveryRound(
            new() { Window = window, Tripper = AllOfARound & Tripper.AvgLatency(Slow) },
            (breaker, _, call) => breaker.Admit().Settle(Verdict.Success, call % 2 == 0 && call != 4 ? Slow * 2.5 : Slow - Slow),
            kind
        );

    [Fact]
    public void A_streak_trips_at_exactly_its_length() =>
        TripsInEveryRound(
            new() { Tripper = Tripper.FailureStreak(CallsOfARound) },
            (breaker, _, _) => breaker.Admit().Settle(Verdict.Failure),
            "streak"
        );

    [Theory]
    [MemberData(nameof(Windows))]
    public void MetricsOnly_counts_one_would_trip_in_every_round(string kind, Window window)
    {
        var world = new World(
            new()
            {
                Window = window,
                Tripper = AllOfARound & Tripper.FailureRate(0.4),
                InitialState = BreakerState.MetricsOnly,
            },
            kind
        );
        var rounds = 0;
        ConcurrentWork.Rounds(
            Rounds,
            () => rounds++,
            _ => Calls((call) => world.Breaker.Admit().Settle(call < 2 ? Verdict.Failure : Verdict.Success)),
            () => Assert.Equal(rounds, world.Now.WouldTrips)
        );
        Assert.Equal(Rounds, rounds);
    }

    [Fact]
    public void A_failure_that_reaches_the_rate_of_a_full_count_window_trips()
    {
        var world = new World(new() { Window = Window.Count(100), Tripper = Tripper.MinRequests(100) & Tripper.FailureRate(0.2) });
        ConcurrentWork.Rounds(
            Rounds,
            () =>
            {
                world.Breaker.Reset();
                world.Succeed(100);
            },
            _ => Calls(_ => world.Breaker.Admit().Settle(Verdict.Failure)),
            () => Assert.Equal(BreakerState.Open, world.State)
        );
        Assert.Equal(2 * Rounds - 1, world.Now.SignalCount);
    }

    [Fact]
    public void A_bucket_that_rotates_during_calls_hides_no_trip()
    {
        var world = new World(new() { Window = Window.Time(TimeSpan.FromSeconds(10)), Tripper = AllOfARound & Tripper.FailureRate(0.4) });
        ConcurrentWork.Rounds(
            Rounds,
            () =>
            {
                // Some calls of the round are in earlier buckets, the rest are in a bucket that has just begun.
                world.Breaker.Reset();
                world.Wait(100);
                world.Fail(2);
                world.Wait(1);
                world.Fail(2);
                world.Wait(1);
            },
            thread => Calls(call => world.Breaker.Admit().Settle(thread < 2 && call < 2 ? Verdict.Failure : Verdict.Success), skip: 1),
            () => Assert.Equal(BreakerState.Open, world.State)
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Simultaneous_failures_trip_once_in_a_phase(int streak)
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(streak) });
        var (rounds, signals) = (0, 0);
        ConcurrentWork.Rounds(
            Rounds,
            () =>
            {
                rounds++;
                world.Breaker.Reset();
            },
            _ =>
            {
                if (world.Breaker.TryAdmit(out var admission) && admission.Settle(Verdict.Failure) is not null)
                {
                    Interlocked.Increment(ref signals);
                }
            },
            () => Assert.Equal((rounds, BreakerState.Open), (signals, world.State))
        );
        Assert.Equal(Rounds, world.Now.Transitions(BreakerState.Closed, BreakerState.Open));
    }

    private static void TripsInEveryRound(FluxgateBreakerSettings settings, Action<FluxgateBreaker, int, int> call, string kind)
    {
        var world = new World(settings, kind);
        var rounds = 0;
        ConcurrentWork.Rounds(
            Rounds,
            () =>
            {
                rounds++;
                world.Breaker.Reset();
            },
            thread => Calls(number => call(world.Breaker, thread, number)),
            () =>
                Assert.True(
                    world.State == BreakerState.Open,
                    $"Missed in round {rounds} of {Rounds}: {world.Now.WindowFailures} of {world.Now.WindowRequests}"
                )
        );
        Assert.Equal((Rounds, Rounds * CallsOfARound), (world.Now.Transitions(BreakerState.Closed, BreakerState.Open), world.Now.Requests));
    }

    private static void Calls(Action<int> call, int skip = 0)
    {
        for (var number = 0; number < CallsOfAThread - skip; number++)
        {
            call(number);
        }
    }
}
