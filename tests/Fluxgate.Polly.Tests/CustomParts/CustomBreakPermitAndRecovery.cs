namespace Fluxgate;

/// <summary>A custom break duration, permit and recovery, each a few lines.</summary>
public sealed class CustomBreakPermitAndRecovery
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_custom_break_duration_can_grow_with_each_reopen()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = new OneSecondMoreEachTime(),
                Permit = Permit.All,
            }
        );

        world.Fail();
        world.Wait(1);
        world.Fail();
        world.Wait(1.999);
        world.Rejects();
        world.Wait(0.001);
        world.Fail();

        Assert.Equal([Second, 2 * Second, 3 * Second], world.Signals.Select(signal => signal.BreakFor).OfType<TimeSpan>());
    }

    [Fact]
    public void A_custom_permit_can_admit_every_second_call()
    {
        var world = new World(new() { Permit = new EveryOther(), InitialState = BreakerState.HalfOpen });

        // The first call is admitted without the permit and counts as number 0.
        var admitted = Enumerable.Range(0, 6).Select(_ => world.Breaker.TryAdmit(out var _)).ToArray();

        Assert.Equal([true, false, true, false, true, false], admitted);
    }

    [Fact]
    public void A_custom_permit_can_keep_state_for_each_phase()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.None,
                Permit = new Budget(2) & Permit.MaxConcurrent(100),
            }
        );
        world.Fail();

        // The first probe does not need the permit, so three are admitted.
        Assert.Equal(3, world.Ask(10).Count);
        world.Breaker.Reset();
        world.Fail();
        Assert.Equal(3, world.Ask(10).Count);
    }

    [Fact]
    public void A_custom_permit_can_delay_recovery()
    {
        var world = new World(
            new()
            {
                Permit = new HoldsFor(10 * Second),
                Recovery = Recovery.WhenQuiet,
                InitialState = BreakerState.HalfOpen,
            }
        );

        world.Wait(9.999);
        world.Succeed();
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Wait(0.001);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_custom_recovery_can_require_successes_in_a_row()
    {
        var world = new World(
            new()
            {
                Permit = Permit.All,
                Recovery = new InARow(3),
                InitialState = BreakerState.HalfOpen,
            }
        );

        world.Succeed(2);
        world.Fail();
        world.Succeed(2);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed();

        Assert.Equal("payments: half_open -> closed (5 of 6 probes succeeded)", Assert.Single(world.Signals).ToString());
    }

    [Fact]
    public void A_custom_recovery_can_keep_state_for_each_phase()
    {
        var world = new World(
            new()
            {
                Permit = Permit.All,
                Recovery = new AskedTwice() & Recovery.WhenQuiet,
                InitialState = BreakerState.HalfOpen,
            }
        );
        world.Succeed();
        world.Breaker.Trip();
        world.Breaker.Probe();

        world.Succeed();
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_custom_break_duration_receives_the_reason_of_the_transition()
    {
        var reasons = new List<Reason>();
        var world = new World(
            new()
            {
                InitialState = BreakerState.Open,
                Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(0.5),
                BreakDuration = new NotesReasons(reasons, Second),
            }
        );
        world.Breaker.Reset();
        world.Breaker.Trip("a drill");
        world.Breaker.Reset();
        world.Fail(2);
        var settings = world.Breaker.CopySettings();
        settings.BreakDuration = new NotesReasons(reasons, 2 * Second);
        world.Breaker.Reconfigure(settings);

        var tripped = "MinRequests 2 >= 2 & FailureRate 100% >= 50% (2 of 2)";
        Assert.Equal(["initial state", "a drill", tripped, tripped], reasons.Select(reason => reason.Text));
        Assert.Equal([2, 1], reasons[2].Findings.Select(finding => finding.Measured));
        Assert.Same(world.Signals[^1].Reason, reasons[3]);
    }

    [Fact]
    public void A_break_duration_can_be_tested_with_a_reason()
    {
        var (reasons, signal) = (new List<Reason>(), new World().Breaker.Trip("a drill"));
        var duration = new NotesReasons(reasons, Second);

        duration.Next(new(reopens: 0));
        duration.Next(new(reopens: 0, reason: signal?.Reason));

        Assert.Equal(["initial state", "a drill"], reasons.Select(reason => reason.Text));
    }

    private sealed class NotesReasons(List<Reason> reasons, TimeSpan duration) : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context)
        {
            reasons.Add(context.Reason);
            return duration;
        }
    }

    private sealed class OneSecondMoreEachTime : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => (context.Reopens + 1) * Second;
    }

    private sealed class EveryOther : Permit
    {
        public override bool Admits(in PermitContext context) => context.Attempts % 2 == 0;
    }

    private sealed class Budget : Permit
    {
        private readonly int _probes;
        private int _left;

        public Budget(int probes) => _left = _probes = probes;

        public override Permit Start() => new Budget(_probes);

        public override bool Admits(in PermitContext context) => Interlocked.Decrement(ref _left) >= 0;
    }

    private sealed class HoldsFor(TimeSpan duration) : Permit
    {
        public override TimeSpan RecoveryDelay => duration;

        public override bool Admits(in PermitContext context) => true;
    }

    private sealed class InARow(int successes) : Recovery
    {
        public override bool IsComplete(in RecoveryContext context) => context.ConsecutiveSuccesses >= successes;
    }

    private sealed class AskedTwice : Recovery
    {
        private int _asked;

        public override Recovery Start() => new AskedTwice();

        public override bool IsComplete(in RecoveryContext context) => Interlocked.Increment(ref _asked) >= 2;
    }
}
