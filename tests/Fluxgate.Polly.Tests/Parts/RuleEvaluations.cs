namespace Fluxgate;

/// <summary>The evaluation of a rule on given sums, for dashboards and previews.</summary>
public sealed class RuleEvaluations
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly TripperContext Sums = new(
        BreakerState.Closed,
        requests: 50,
        failures: 15,
        consecutiveFailures: 2,
        averageDuration: Second / 2,
        slowCalls: new Dictionary<TimeSpan, long> { [Second] = 10 }
    );

    public static TheoryData<string, bool, string, double> Leaves =>
        new()
        {
            { "MinRequests(20)", true, "MinRequests 50 >= 20", 1 },
            { "MinRequests(100)", false, "MinRequests 50 < 100", 0.5 },
            { "FailureRate(30%)", true, "FailureRate 30% >= 30% (15 of 50)", 1 },
            { "FailureRate(40%)", false, "FailureRate 30% < 40% (15 of 50)", 0.75 },
            { "SlowRate(20%, 1s)", true, "SlowRate 20% >= 20% (10 of 50 took 1s or longer)", 1 },
            { "SlowRate(80%, 1s)", false, "SlowRate 20% < 80% (10 of 50 took 1s or longer)", 0.25 },
            { "AvgLatency(250ms)", true, "AvgLatency 500ms >= 250ms (50 calls)", 1 },
            { "AvgLatency(1s)", false, "AvgLatency 500ms < 1s (50 calls)", 0.5 },
            { "FailureStreak(2)", true, "FailureStreak 2 >= 2", 1 },
            { "FailureStreak(5)", false, "FailureStreak 2 < 5", 0.4 },
            { "Closed", true, "Closed: yes", 1 },
            { "HalfOpened", false, "HalfOpened: no", 0 },
        };

    [Theory]
    [MemberData(nameof(Leaves))]
    public void A_leaf_states_its_value_threshold_and_progress(string rule, bool fires, string text, double progress)
    {
        var evaluation = Tripper.Parse(rule).Evaluate(Sums);

        Assert.Equal((rule, fires, text), (evaluation.Rule, evaluation.Fires, evaluation.Text));
        Assert.Equal(progress, evaluation.Progress!.Value, precision: 9);
        Assert.Equal([evaluation], evaluation.Leaves);
        Assert.Equal(Tripper.Parse(rule).Threshold, evaluation.Threshold);
    }

    [Fact]
    public void Every_built_in_leaf_is_tested() =>
        Assert.Equal(EveryTripperIsTested.Kinds, EveryTripperIsTested.KindsOf(Leaves.Select(leaf => Tripper.Parse((string)leaf[0]))));

    [Fact]
    public void A_leaf_whose_ToString_throws_is_unknown_also_in_a_combined_rule()
    {
        var evaluation = (new WithoutText() & (new WithoutText() | Tripper.MinRequests(20))).Evaluate(Sums);

        Assert.Equal("WithoutText & (WithoutText | MinRequests(20))", evaluation.Rule);
        Assert.Null(evaluation.Fires);
    }

    [Fact]
    public void A_progress_below_the_threshold_is_less_than_one()
    {
        var almost = Tripper
            .FailureRate(0.5)
            .Evaluate(new(BreakerState.Closed, requests: long.MaxValue, failures: (long.MaxValue / 2) - 1));

        // The quotient rounds to the threshold, which makes the rule fire in a breaker too.
        Assert.Equal((true, 1.0), (almost.Fires, almost.Progress));
        Assert.InRange(
            Tripper.MinRequests(int.MaxValue).Evaluate(new(BreakerState.Closed, int.MaxValue - 1L, 0)).Progress!.Value,
            0.9,
            0.999_999_999_999
        );
    }

    [Fact]
    public void Parts_of_one_operator_are_one_list()
    {
        var evaluation = Tripper
            .Parse("FailureStreak(5) | MinRequests(20) & Closed & (FailureRate(40%) | SlowRate(80%, 1s)) | AvgLatency(1s)")
            .Evaluate(Sums);

        Assert.Equal((RuleOperator.Any, false), (evaluation.Operator, evaluation.Fires));
        Assert.Equal([null, RuleOperator.All, null], evaluation.Parts.Select(part => part.Operator));
        Assert.Equal(
            "FailureStreak 2 < 5 | MinRequests 50 >= 20 & Closed: yes & (FailureRate 30% < 40% (15 of 50) | SlowRate 20% < 80% (10 of 50 took 1s or longer)) | AvgLatency 500ms < 1s (50 calls)",
            evaluation.Text
        );
        Assert.Equal(6, evaluation.Leaves.Count());

        // The least of an &, the greatest of an |.
        Assert.Equal(0.75, evaluation.Parts[1].Progress!.Value, precision: 9);
        Assert.Equal(0.75, evaluation.Progress!.Value, precision: 9);
    }

    [Fact]
    public void An_evaluation_agrees_with_the_rule_itself()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var rule = RandomRules.Next(random, RandomRules.All);
            var requests = random.Next(0, 30);
            var context = new TripperContext(
                random.Next(2) == 0 ? BreakerState.Closed : BreakerState.HalfOpen,
                requests,
                random.Next(0, requests + 1),
                random.Next(0, 10),
                TimeSpan.FromMilliseconds(random.Next(0, 50)),
                Enumerable
                    .Range(1, 3)
                    .ToDictionary(number => TimeSpan.FromMilliseconds(10 * number), _ => (long)random.Next(0, requests + 1))
            );

            var evaluation = rule.Evaluate(context);

            Assert.Equal((rule.Fires(context), rule.ToString()), (evaluation.Fires, evaluation.Rule));
            Assert.Equal(evaluation.Fires == true, evaluation.Progress == 1);
            if (evaluation.Leaves.All(leaf => leaf.Fires == true && leaf.Threshold is not null))
            {
                Assert.Equal(rule.Describe(context, []), evaluation.Text);
            }
        }
    }

    [Theory]
    [InlineData("SlowRate(10%, 2s)", "SlowRate: calls of 2s and longer are not counted")]
    [InlineData("AvgLatency(1s)", "AvgLatency: the durations of calls are not measured")]
    public void A_leaf_whose_numbers_are_missing_is_unknown(string rule, string text)
    {
        var evaluation = Tripper.Parse(rule).Evaluate(new(BreakerState.Closed, requests: 50, failures: 15));

        Assert.Equal((null, text, null, null), (evaluation.Fires, evaluation.Text, evaluation.Measured, evaluation.Progress));
        Assert.Equal(Tripper.Parse(rule).Threshold, evaluation.Threshold);
    }

    [Theory]
    [InlineData("FailureRate(90%) & AvgLatency(1s)", false)]
    [InlineData("FailureRate(10%) & AvgLatency(1s)", null)]
    [InlineData("FailureRate(90%) | AvgLatency(1s)", null)]
    [InlineData("FailureRate(10%) | AvgLatency(1s)", true)]
    public void An_unknown_leaf_matters_only_where_it_decides(string rule, bool? fires)
    {
        var evaluation = Tripper.Parse(rule).Evaluate(new(BreakerState.Closed, requests: 50, failures: 15));

        Assert.Equal((fires, fires == true ? 1.0 : null), (evaluation.Fires, evaluation.Progress));
    }

    [Theory]
    [InlineData(true, "TwoOfThree: yes")]
    [InlineData(false, "TwoOfThree: no")]
    [InlineData(null, "TwoOfThree: unknown, it threw TimeoutException")]
    public void A_leaf_of_a_user_shows_its_text_and_verdict(bool? fires, string text)
    {
        var evaluation = (new UserTripper(fires) & Tripper.MinRequests(1)).Evaluate(Sums);

        Assert.Equal((fires, $"{text} & MinRequests 50 >= 1"), (evaluation.Fires, evaluation.Text));
        Assert.Equal(
            (null, null, nameof(UserTripper)),
            (evaluation.Parts[0].Measured, evaluation.Parts[0].Threshold, evaluation.Parts[0].Kind)
        );
    }

    [Fact]
    public void A_snapshot_evaluates_its_own_rule_and_others()
    {
        var world = new World(
            new()
            {
                Window = Window.Count(20),
                Tripper = Tripper.MinRequests(20) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.5, Second)),
            }
        );
        world.Fail(3);
        world.Take(Second);

        Assert.Equal(
            "MinRequests 4 < 20 & (FailureRate 75% >= 50% (3 of 4) | SlowRate 25% < 50% (1 of 4 took 1s or longer))",
            world.Now.Evaluate().Text
        );
        Assert.Equal(
            "FailureStreak 0 < 2 | FailureRate 75% >= 70% (3 of 4)",
            world.Now.Evaluate(Tripper.Parse("FailureStreak(2) | FailureRate(70%)")).Text
        );
        Assert.Null(world.Now.Evaluate(Tripper.SlowRate(0.1, Second * 2)).Fires);
        Assert.Null(world.Now.Evaluate(Tripper.AvgLatency(Second)).Fires);
    }

    [Fact]
    public void A_snapshot_includes_overdue_calls()
    {
        var world = new World(
            new() { Window = Window.Count(2), Tripper = Tripper.MinRequests(2) & Tripper.SlowRate(1, Second) & Tripper.FailureRate(1) }
        );
        world.Succeed(2);
        var hanging = world.Begin();
        world.Wait(1.2);

        Assert.Equal(
            "MinRequests 2 >= 2 & SlowRate 50% < 100% (1 of 2, 1 in flight, took 1s or longer) & FailureRate 0% < 100% (0 of 2)",
            world.Now.Evaluate().Text
        );
        hanging.Settle(Verdict.Success);
    }

    [Fact]
    public void A_half_open_snapshot_has_its_probes_and_capped_minimums()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.MinRequests(100) & Tripper.FailureRate(1),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );
        world.Breaker.Probe();
        world.Succeed();

        Assert.Equal("MinRequests 1 < 3 & FailureRate 0% < 100% (0 of 1)", world.Now.Evaluate().Text);
        world.Breaker.ForceOpen();
        Assert.Equal("MinRequests 0 < 100 & FailureRate 0% < 100% (0 of 0)", world.Now.Evaluate().Text);
    }

    [Fact]
    public void Sums_out_of_range_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>("state", () => new TripperContext(BreakerState.Open, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>("requests", () => new TripperContext(BreakerState.Closed, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("failures", () => new TripperContext(BreakerState.Closed, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>("consecutiveFailures", () => new TripperContext(BreakerState.Closed, 1, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(
            "averageDuration",
            () => new TripperContext(BreakerState.Closed, 2, 1, 0, TimeSpan.MaxValue)
        );
        Assert.Throws<ArgumentOutOfRangeException>("averageDuration", () => new TripperContext(BreakerState.Closed, 2, 1, 0, -Second));
        Assert.Throws<ArgumentOutOfRangeException>(
            "slowCalls",
            () => new TripperContext(BreakerState.Closed, 2, 1, slowCalls: Slow(1, calls: 3))
        );
        Assert.Throws<ArgumentException>("slowCalls", () => new TripperContext(BreakerState.Closed, 2, 1, slowCalls: Slow(5, calls: 1)));

        static Dictionary<TimeSpan, long> Slow(int thresholds, long calls) =>
            Enumerable.Range(1, thresholds).ToDictionary(number => number * Second, _ => calls);
    }

    private sealed class UserTripper(bool? fires) : Tripper
    {
        public override bool Fires(in TripperContext context) => fires ?? throw new TimeoutException();

        public override string ToString() => "TwoOfThree";
    }

    private sealed class WithoutText : Tripper
    {
        public override bool Fires(in TripperContext context) => true;

        public override string ToString() => throw new NotSupportedException();
    }
}
