using static Fluxgate.Broken;

namespace Fluxgate;

/// <summary>Rule 8: user code cannot break a circuit. An exception or an invalid value is counted, reported, and replaced by a default.</summary>
public sealed class FailingParts
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_tripper_that_throws_does_not_fire()
    {
        var world = new World(new() { Tripper = new OwnTripper(Throw<bool>) });

        world.Fail(3);

        Assert.Equal((BreakerState.Closed, 3), (world.State, world.Now.Failures));
        world.AssertFailed(UserErrorSource.Tripper, 3);
    }

    [Fact]
    public void A_tripper_that_throws_while_half_open_does_not_fire()
    {
        var world = HalfOpen(new() { Tripper = new OwnTripper(Throw<bool>), Recovery = Recovery.AfterProbes(3) });

        world.Fail();
        world.Succeed(2);

        Assert.Equal(BreakerState.Closed, world.State);
        world.AssertFailed(UserErrorSource.Tripper, 3);
    }

    [Fact]
    public void A_tripper_that_throws_in_Explain_trips()
    {
        var world = new World(new() { Tripper = new OwnTripper(explain: Throw<Finding>) });

        world.Fail();

        Assert.Equal("OwnTripper fired, and failed to explain why", Assert.Single(world.Signals).Reason.Text);
        Assert.Equal(ReasonKind.Tripped, world.Now.Reason.Kind);
        world.AssertFailed(UserErrorSource.Tripper, 1);
    }

    [Fact]
    public void A_recovery_that_throws_is_not_complete()
    {
        var world = HalfOpen(new() { Recovery = new OwnRecovery(Throw<bool>) });

        world.Succeed(20);

        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.AssertFailed(UserErrorSource.Recovery, 20);
    }

    [Fact]
    public void A_permit_that_throws_admits_one_probe_at_a_time()
    {
        var world = HalfOpen(new() { Permit = new OwnPermit(Throw<bool>) });

        var first = Assert.Single(world.Ask(3));
        world.AssertFailed(UserErrorSource.Permit, 2);
        first.Settle(Verdict.Success);

        Assert.Single(world.Ask(3));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    public void A_randomizer_that_returns_an_invalid_number_admits_one_probe(double nonsense)
    {
        var world = HalfOpen(new() { Permit = Permit.Random(0.5), Randomizer = () => nonsense });

        Assert.Single(world.Ask(3));

        world.AssertFailed(
            UserErrorSource.Permit,
            2,
            FormattableString.Invariant($"Randomizer must return at least 0 and less than 1, but returned {nonsense}.")
        );
    }

    [Fact]
    public void A_break_duration_that_throws_lasts_60_seconds() =>
        AssertDefaultBreak(new() { BreakDuration = new OwnBreak(Throw<TimeSpan>) }, "broken");

    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(-1, "-00:00:00.0000001")]
    [InlineData(long.MinValue, "-10675199.02:48:05.4775808")]
    public void A_break_duration_that_is_not_positive_lasts_60_seconds(long ticks, string text) =>
        AssertDefaultBreak(
            new() { BreakDuration = new OwnBreak(() => TimeSpan.FromTicks(ticks)) },
            $"A break duration must be greater than zero, but Fluxgate.Broken+OwnBreak returned {text}."
        );

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1.0)]
    public void A_break_with_an_invalid_random_number_lasts_60_seconds(double nonsense) =>
        AssertDefaultBreak(
            new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5), jitter: 0.5), Randomizer = () => nonsense },
            message: null
        );

    [Fact]
    public void A_manual_trip_opens_when_the_break_duration_throws()
    {
        var world = new World(new() { BreakDuration = new OwnBreak(Throw<TimeSpan>) });

        Assert.Equal(Minute, world.Breaker.Trip()!.BreakFor);

        world.AssertFailed(UserErrorSource.BreakDuration, 1);
    }

    [Fact]
    public void A_custom_break_duration_can_last_until_reset()
    {
        var world = new World(new() { BreakDuration = new OwnBreak(() => TimeSpan.MaxValue) });

        world.Breaker.Trip();
        world.Time.Advance(TimeSpan.FromDays(3650));

        world.Rejects();
        Assert.Null(Assert.Single(world.Signals).BreakFor);
    }

    [Fact]
    public void A_window_that_throws_in_Record_loses_only_that_record()
    {
        var world = new World(
            new() { Window = new OwnWindow(() => new OwnState(() => throw Error, () => default)), Tripper = Tripper.FailureStreak(2) }
        );

        world.Fail(2);

        Assert.Equal((BreakerState.Open, 2), (world.State, world.Now.Failures));
        world.AssertFailed(UserErrorSource.Window, 2);
    }

    [Fact]
    public void A_window_that_throws_in_Read_counts_as_empty()
    {
        var world = new World(
            new() { Window = new OwnWindow(() => new OwnState(() => { }, Throw<CallCounts>)), Tripper = Tripper.FailureRate(1) }
        );

        world.Fail(2);
        world.AssertFailed(UserErrorSource.Window, 2 + 1);

        Assert.Equal((BreakerState.Closed, null), (world.State, world.Now.FailureRate));
    }

    [Fact]
    public void A_half_open_phase_ends_although_all_its_parts_throw()
    {
        var world = HalfOpen(
            new()
            {
                Window = new OwnWindow(() => new OwnState(() => throw Error, Throw<CallCounts>)),
                Tripper = new OwnTripper(Throw<bool>),
                Permit = new OwnPermit(Throw<bool>),
                Recovery = new OwnRecovery(Throw<bool>),
                BreakDuration = new OwnBreak(Throw<TimeSpan>),
            }
        );

        world.Fail(10);

        Assert.Equal("payments: half_open -> open (none of 10 probes succeeded)", Assert.Single(world.Signals).ToString());
    }

    private static World HalfOpen(FluxgateBreakerSettings settings)
    {
        settings.Permit = settings.Permit.ToString()!.StartsWith("RampUp", StringComparison.Ordinal) ? Permit.All : settings.Permit;
        settings.InitialState = BreakerState.HalfOpen;
        return new(settings);
    }

    private static void AssertDefaultBreak(FluxgateBreakerSettings settings, string? message)
    {
        settings.Tripper = Tripper.FailureStreak(1);
        var world = new World(settings);

        world.Fail();

        Assert.Equal(Minute, Assert.Single(world.Signals).BreakFor);
        world.AssertFailed(UserErrorSource.BreakDuration, 1, message);
        world.Wait(59.999);
        world.Rejects();
        world.Wait(0.001);
        world.Begin();
    }
}
