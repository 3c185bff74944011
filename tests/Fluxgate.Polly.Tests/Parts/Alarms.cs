namespace Fluxgate;

public sealed class Alarms
{
    [Fact]
    public void A_new_alarm_triggers_at_the_first_call()
    {
        var word = new Alarm(evaluatedAt: 0).Word;

        Assert.True(Alarm.RingsOnSuccess(word));
        Assert.Equal(0, Alarm.LeastFailures(word));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    [InlineData(long.MaxValue / 2)]
    public void Both_halves_of_a_word_are_read_back(long leastFailures)
    {
        var (ringing, quiet) = (Alarm.Of(leastFailures, ringsOnSuccess: true), Alarm.Of(leastFailures, ringsOnSuccess: false));

        Assert.Equal((true, false), (Alarm.RingsOnSuccess(ringing), Alarm.RingsOnSuccess(quiet)));
        Assert.Equal((leastFailures, leastFailures), (Alarm.LeastFailures(ringing), Alarm.LeastFailures(quiet)));
    }

    [Fact]
    public void A_number_above_every_window_is_limited_to_the_largest() =>
        Assert.Equal(long.MaxValue / 2, Alarm.LeastFailures(Alarm.Of(long.MaxValue, ringsOnSuccess: false)));

    [Fact]
    public void A_thread_with_an_outdated_word_does_not_replace_a_newer_one()
    {
        var alarm = new Alarm(evaluatedAt: 0);
        var seen = alarm.Word;

        Assert.True(alarm.TrySet(Alarm.Of(3, ringsOnSuccess: false), seen));
        Assert.False(alarm.TrySet(Alarm.Of(9, ringsOnSuccess: false), seen));

        Assert.Equal(3, Alarm.LeastFailures(alarm.Word));
    }

    [Fact]
    public void LeastFailures_is_the_exact_limit_of_a_failure_rate()
    {
        var random = new Random(1);
        for (var i = 0; i < 4000; i++)
        {
            var ratio = i % 2 == 0 ? random.Next(1, 101) / 100.0 : 1 - random.NextDouble();
            var requests = random.Next(400);
            var rule = Tripper.FailureRate(ratio);

            var least = rule.LeastFailures(BreakerState.Closed, requests);

            Assert.True(rule.Fires(Calls.Context(Math.Max(requests, least), least)), $"{rule} at {least} of {requests}");
            Assert.False(rule.Fires(Calls.Context(Math.Max(requests, least), least - 1)), $"{rule} at {least - 1} of {requests}");
        }
    }

    [Fact]
    public void No_rule_fires_below_its_LeastFailures_and_LeastStreak()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var rule = RandomRules.Next(random, leaves: RandomRules.WithoutDurations);
            for (var i = 0; i < 100; i++)
            {
                var requests = random.Next(60);
                var failures = random.Next(requests + 1);
                var streak = random.Next(failures + 1);
                if (rule.Fires(Calls.Context(requests, failures, streak)))
                {
                    var armedAt = random.Next(requests + 1);
                    Assert.True(
                        failures >= rule.LeastFailures(BreakerState.Closed, armedAt) || streak >= rule.LeastStreak,
                        $"{rule} fired at {failures} of {requests}, {streak} in a row"
                    );
                }
            }
        }
    }

    [Fact]
    public void No_rule_starts_to_fire_below_its_FailuresToFire()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var rule = RandomRules.Next(random, leaves: RandomRules.WithSlowCalls);
            var thresholds = new SlowThresholds(rule.Leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>());
            for (var i = 0; i < 100; i++)
            {
                var requests = random.Next(30);
                var slow = random.Next(requests + 1);
                var failures = random.Next(requests + 1);
                var before = Calls.WithSlow(thresholds, slow, requests, failures, streak: random.Next(failures + 1));
                var laterRequests = requests + random.Next(10);
                var laterFailures = random.Next(laterRequests + 1);
                var streak = random.Next(laterFailures + 1);
                var later = Calls.WithSlow(thresholds, random.Next(slow + 1), laterRequests, laterFailures, streak);
                var least = rule.LeastFailures(BreakerState.Closed, requests);
                var toFire = rule.FailuresToFire(BreakerState.Closed, requests);
                Assert.True(least == 0 || toFire == least, $"{rule} may fire at {least}, but comes to fire at {toFire}");
                if (!rule.Fires(before.WaivingMinimums()) && rule.Fires(later))
                {
                    Assert.True(
                        laterFailures >= toFire || streak >= rule.LeastStreak,
                        $"{rule} fired at {laterFailures} of {laterRequests}, {streak} in a row, after {failures} of {requests}"
                    );
                }
            }
        }
    }
}
