namespace Fluxgate;

/// <summary>Custom trippers without and with state of the phase.</summary>
public sealed class CustomTrippers
{
    [Fact]
    public void A_custom_tripper_combines_with_built_in_ones()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(5) & new FailuresAtLeast(2) });

        world.Fail(2);
        world.Succeed(2);
        Assert.Equal(BreakerState.Closed, world.State);
        world.Succeed();

        Assert.Equal("MinRequests 5 >= 5 & FailuresAtLeast(2)", Assert.Single(world.Signals).Reason.Text);
        Assert.Equal("MinRequests(5) & FailuresAtLeast(2)", world.Now.Rule);
        Assert.Equal(["MinRequests", "FailuresAtLeast"], world.Signals[0].Reason.Findings.Select(finding => finding.Rule));
    }

    [Fact]
    public void A_custom_tripper_can_explain_itself_with_numbers()
    {
        var world = new World(new() { Tripper = new SuccessesBelow(3) });

        world.Fail();

        Assert.Equal(new("SuccessesBelow", 0, 3, "only 0 successes"), Assert.Single(Assert.Single(world.Signals).Reason.Findings));
    }

    [Fact]
    public void A_custom_tripper_can_keep_state_for_each_phase()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(100) | new TwoLooksInARow(),
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            }
        );
        world.Fail();
        world.Succeed();
        world.Fail();
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);

        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);

        // A new phase: its state has one failure, not three.
        world.Fail();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_custom_tripper_explains_itself_from_the_state_of_its_phase()
    {
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.FailureStreak(100) | new TwoLooksInARow() };
        var (one, other) = (new World(settings), new World(settings));

        one.Fail(2);
        other.Fail();
        Assert.Equal((BreakerState.Open, BreakerState.Closed), (one.State, other.State));
        other.Fail();

        Assert.Equal(("two looks", "two looks"), (one.Now.Reason.Text, other.Now.Reason.Text));
    }

    [Fact]
    public void A_custom_tripper_starts_again_in_each_half_open_phase()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(100) | new TwoLooksInARow(),
                Permit = Permit.All,
                InitialState = BreakerState.HalfOpen,
            }
        );

        world.Fail(2);

        Assert.Equal((BreakerState.Open, "two looks"), (world.State, world.Now.Reason.Text));

        world.Breaker.Probe();
        world.Fail();
        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Fact]
    public void A_custom_tripper_with_a_slow_threshold_gets_slow_calls_counted()
    {
        var world = new World(new() { Tripper = new SlowCallsAtLeast(2, TimeSpan.FromSeconds(3)) });

        world.Take(TimeSpan.FromSeconds(3));
        world.Take(TimeSpan.FromSeconds(2.9));
        Assert.Equal(BreakerState.Closed, world.State);
        world.Take(TimeSpan.FromSeconds(3));

        Assert.Equal((BreakerState.Open, 2), (world.State, Assert.Single(world.Now.SlowCalls).Total));
    }

    [Fact]
    public void AtMost_caps_the_number_of_a_custom_tripper_at_the_probes()
    {
        var world = new World(
            new()
            {
                Tripper = new FailuresAtLeast(50),
                InitialState = BreakerState.HalfOpen,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );

        world.Fail(2);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Fail();

        Assert.Equal((BreakerState.Open, "FailuresAtLeast(50)"), (world.State, Assert.Single(world.Signals).Reason.Text));
    }

    private sealed class FailuresAtLeast(int number) : Tripper
    {
        public override bool Fires(in TripperContext reading) => reading.Failures >= reading.AtMost(number);

        public override string ToString() => $"FailuresAtLeast({number})";
    }

    private sealed class SuccessesBelow(int number) : Tripper
    {
        public override bool Fires(in TripperContext reading) => reading.Successes < number;

        public override Finding Explain(in TripperContext reading) =>
            new("SuccessesBelow", reading.Successes, number, $"only {reading.Successes} successes");
    }

    private sealed class SlowCallsAtLeast(int number, TimeSpan threshold) : Tripper
    {
        public override TimeSpan? SlowThreshold => threshold;

        public override bool Fires(in TripperContext reading) => reading.SlowCalls(threshold) >= number;
    }

    /// <summary>Fires when two evaluations in a row find a streak.</summary>
    private sealed class TwoLooksInARow : Tripper
    {
        private int _looks;

        public override Tripper Start() => new TwoLooksInARow();

        public override string ToString() => "two looks";

        public override bool Fires(in TripperContext reading)
        {
            if (reading.ConsecutiveFailures > 0)
            {
                return Interlocked.Increment(ref _looks) >= 2;
            }

            Interlocked.Exchange(ref _looks, 0);
            return false;
        }
    }
}
