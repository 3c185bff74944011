namespace Fluxgate;

/// <summary>Rule 2: the tripper may be evaluated less often than on every call only if that cannot change a result.</summary>
public sealed class TripperEvaluation
{
    [Theory]
    [InlineData(RandomRules.WithoutDurations, false, 2000)]
    [InlineData(RandomRules.WithoutDurations, true, 2000)]
    [InlineData(RandomRules.WithSlowCalls, false, 1000)]
    [InlineData(RandomRules.WithSlowCalls, true, 1000)]
    [InlineData(RandomRules.All, false, 500)]
    [InlineData(RandomRules.All, true, 500)]
    public void Evaluating_less_often_trips_at_the_same_call(int leaves, bool timed, int runs)
    {
        var (ran, trips, late) = (0, 0, 0);
        for (var seed = 0; seed < runs; seed++)
        {
            var random = new Random((seed * 7) + leaves);
            var window = timed ? Window.Time(TimeSpan.FromSeconds(1), random.Next(1, 6)) : Window.Count(random.Next(1, 40));
            var rule = RandomRules.Next(random, leaves);
            if (rule.ReasonNeverFires(BreakerState.Closed, window.Capacity, new Dictionary<string, string>()) is not null)
            {
                continue;
            }

            ran++;
            var time = new VirtualTime();
            var frugal = new FluxgateBreaker("frugal", new() { Window = window, Tripper = rule }, time);
            var always = new FluxgateBreaker("always", new() { Window = window, Tripper = rule | new Never() }, time);
            var trippedAt = Run(random, time, frugal, always, $"seed {seed}: {rule} over {window}");
            trips += trippedAt is null ? 0 : 1;
            late += trippedAt > 5 ? 1 : 0;
        }

        // Checks the test itself: most rules must have been valid and many must have tripped, not only at once.
        Assert.True(ran > runs / 2 && trips > ran / 4 && late > ran / 10, $"{ran} ran, {trips} tripped, {late} of them late");
    }

    [Fact]
    public void A_minimum_reached_by_a_success_trips_at_that_success()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(10) & Tripper.FailureRate(0.5) });

        world.Fail(5);
        world.Succeed(4);
        Assert.Equal(BreakerState.Closed, world.State);

        world.Succeed();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void Expired_successes_cause_a_trip_at_the_next_call()
    {
        var world = new World(
            new() { Window = Window.Time(TimeSpan.FromSeconds(10)), Tripper = Tripper.MinRequests(5) & Tripper.FailureRate(0.5) }
        );
        world.Succeed(10);
        world.Wait(5);
        world.Fail(7);
        Assert.Equal(BreakerState.Closed, world.State);

        world.Wait(5);
        world.Succeed();

        Assert.Equal("MinRequests 8 >= 5 & FailureRate 87.5% >= 50% (7 of 8)", Assert.Single(world.Signals).Reason.Text);
    }

    private static int? Run(Random random, VirtualTime time, FluxgateBreaker frugal, FluxgateBreaker always, string what)
    {
        var failing = random.NextDouble();
        for (var call = 1; call <= 250; call++)
        {
            failing = random.Next(25) == 0 ? random.NextDouble() : failing;
            var verdict =
                random.Next(15) == 0 ? Verdict.Ignored
                : random.NextDouble() < failing ? Verdict.Failure
                : Verdict.Success;
            var duration = TimeSpan.FromMilliseconds(random.Next(45));
            time.Advance(TimeSpan.FromMilliseconds(random.Next(30) == 0 ? random.Next(1500) : random.Next(30)));
            frugal.Admit().Settle(verdict, duration);
            always.Admit().Settle(verdict, duration);

            Assert.True(frugal.State == always.State, $"{what}, call {call}: {frugal.Snapshot()}, always asked {always.Snapshot()}");
            if (always.State == BreakerState.Open)
            {
                Assert.Equal(always.Snapshot().Reason.Text, frugal.Snapshot().Reason.Text);
                return call;
            }
        }

        return null;
    }

    /// <summary>A custom tripper that never fires, but makes the breaker evaluate the rule on every call.</summary>
    private sealed class Never : Tripper
    {
        public override bool Fires(in TripperContext reading) => false;
    }
}
