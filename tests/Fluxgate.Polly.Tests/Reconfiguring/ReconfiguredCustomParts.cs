namespace Fluxgate;

public sealed class ReconfiguredCustomParts
{
    [Fact]
    public void The_same_tripper_keeps_its_state_and_another_starts_without_state()
    {
        var third = new ThirdCall();
        var world = new World(new() { Tripper = third });
        world.Succeed(2);
        world.Breaker.Reconfigure(new() { Tripper = third, BreakDuration = BreakDuration.None });
        world.Succeed();
        Assert.Equal((BreakerState.Open, 1), (world.State, third.Started));

        world.Breaker.Reset();
        world.Succeed(2);
        Assert.Equal(
            ["Tripper: third call -> third call"],
            world.Breaker.Reconfigure(new() { Tripper = new ThirdCall(), BreakDuration = BreakDuration.None })
        );
        world.Succeed(2);
        Assert.Equal(BreakerState.Closed, world.State);
        world.Succeed();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void A_tripper_composed_of_the_same_objects_is_the_same()
    {
        var third = new ThirdCall();
        var world = new World(new() { Tripper = third | Tripper.FailureStreak(9) });
        world.Succeed(2);
        Assert.Empty(world.Breaker.Reconfigure(new() { Tripper = third | Tripper.FailureStreak(9) }));
        world.Breaker.Reconfigure(new() { Tripper = third | Tripper.FailureStreak(9), BreakDuration = BreakDuration.None });
        world.Succeed();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void Equals_of_custom_parts_is_not_called()
    {
        var world = new World(new() { Window = new Incomparable(), BreakDuration = new IncomparableBreak() });

        var changes = world.Breaker.Reconfigure(new() { Window = new Incomparable(), BreakDuration = new IncomparableBreak() });

        Assert.Equal(["Window: incomparable -> incomparable", "BreakDuration: incomparable -> incomparable"], changes);
    }

    [Fact]
    public void A_custom_part_with_the_text_of_a_built_in_one_is_not_equal_to_it()
    {
        var world = new World(new() { Tripper = new ThirdCall { Text = "FailureStreak(2)" } });
        Assert.Equal(
            ["Tripper: FailureStreak(2) -> FailureStreak(2)"],
            world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2) })
        );
        world.Fail(2);
        Assert.Equal("FailureStreak 2 >= 2", Assert.Single(world.Signals).Reason.Text);
    }

    [Fact]
    public void The_same_permit_keeps_its_state_also_inside_others()
    {
        var every = new EverySecond();
        var world = new World(new() { Permit = Permit.All & every });
        world.Breaker.Probe();
        world.Ignore();
        world.Rejects();
        world.Breaker.Reconfigure(new() { Permit = Permit.All & every, Recovery = Recovery.AfterProbes(9) });
        world.Ignore();
        world.Rejects();

        Assert.Equal(
            ["Permit: All & every second -> All & every second"],
            world.Breaker.Reconfigure(new() { Permit = Permit.All & new EverySecond(), Recovery = Recovery.AfterProbes(9) })
        );
        world.Rejects();
        world.Ignore();
    }

    [Fact]
    public void The_same_recovery_keeps_its_state_also_inside_others()
    {
        var third = new ThirdSuccess();
        var world = new World(new() { Permit = Permit.All, Recovery = third & Recovery.AfterProbes(1) });
        world.Breaker.Probe();
        world.Succeed(2);
        Assert.Equal(
            ["Recovery: third success & AfterProbes(1) -> third success & AfterProbes(1)"],
            world.Breaker.Reconfigure(new() { Permit = Permit.All, Recovery = new ThirdSuccess() & Recovery.AfterProbes(1) })
        );
        world.Succeed(2);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Breaker.Reconfigure(new() { Permit = Permit.All, Recovery = third & Recovery.AfterProbes(2) });
        world.Succeed(2);
        world.Breaker.Reconfigure(new() { Permit = Permit.MaxConcurrent(5), Recovery = third & Recovery.AfterProbes(2) });
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_part_that_fails_to_start_is_reported_and_replaced()
    {
        var world = new World();
        world.Breaker.Reconfigure(new() { Tripper = new ThirdCall { Fails = true } });
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Tripper));
        world.Fail(200);
        Assert.Equal(BreakerState.Closed, world.State);

        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(5) });
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    private sealed class ThirdCall : Tripper
    {
        private int _asked;

        public int Started { get; private set; }

        public bool Fails { get; init; }

        public string Text { get; init; } = "third call";

        public override Tripper Start()
        {
            Started++;
            return Fails ? throw new InvalidOperationException("Cannot start.") : new ThirdCall();
        }

        public override bool Fires(in TripperContext reading) => Interlocked.Increment(ref _asked) == 3;

        public override string ToString() => Text;
    }

    // Counts its own calls. It is not called for the first probe.
    private sealed class EverySecond : Permit
    {
        private int _asked;

        public override Permit Start() => new EverySecond();

        public override bool Admits(in PermitContext context) => Interlocked.Increment(ref _asked) % 2 == 0;

        public override string ToString() => "every second";
    }

    private sealed class ThirdSuccess : Recovery
    {
        private int _asked;

        public override Recovery Start() => new ThirdSuccess();

        public override bool IsComplete(in RecoveryContext context) => Interlocked.Increment(ref _asked) == 3;

        public override string ToString() => "third success";
    }

    private sealed class Incomparable : Window
    {
        public override WindowState Start(WindowContext context) => Count(10).Start(context);

        public override string ToString() => "incomparable";

        public override bool Equals(object? obj) => throw new NotSupportedException();

        public override int GetHashCode() => 0;
    }

    private sealed class IncomparableBreak : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => TimeSpan.FromSeconds(1);

        public override string ToString() => "incomparable";

        public override bool Equals(object? obj) => throw new NotSupportedException();

        public override int GetHashCode() => 0;
    }
}
