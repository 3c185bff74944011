namespace Fluxgate;

/// <summary><c>TripFor</c>, for one phase only, by hand or by a fleet.</summary>
public sealed class TimedTrips
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(7);

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.HalfOpen)]
    public void A_circuit_opens_for_exactly_the_given_time(BreakerState from)
    {
        var draws = 0;
        var world = new World(new() { InitialState = from, BreakDuration = new Broken.OwnBreak(() => TimeSpan.FromSeconds(++draws)) });

        var signal = world.Breaker.TripFor(Break, "too many");

        Assert.Same(signal, Assert.Single(world.Signals));
        Assert.Equal((from, BreakerState.Open, Break), (signal!.OldState, signal.NewState, signal.BreakFor));
        Assert.Equal((ReasonKind.Manual, "too many"), (signal.Reason.Kind, signal.Reason.Text));
        Assert.Equal((Break, 0, 0), (world.Now.RetryAfter, world.Now.Reopens, draws));
        world.Wait(7);
        world.Begin();
    }

    [Theory]
    [InlineData(BreakerState.Open)]
    [InlineData(BreakerState.ForcedOpen)]
    [InlineData(BreakerState.Disabled)]
    public void An_open_circuit_and_one_in_a_manual_state_stay_as_they_are(BreakerState state)
    {
        var world = new World(new() { InitialState = state });
        var before = world.Now;

        Assert.Null(world.Breaker.TripFor(Break, "too many"));

        Assert.Equal(
            (before.State, before.PhaseNumber, before.RetryAfter, 0, 0),
            (world.State, world.Now.PhaseNumber, world.Now.RetryAfter, world.Now.WouldTrips, world.Signals.Count)
        );
    }

    [Fact]
    public void Metrics_only_counts_a_would_trip()
    {
        var world = new World(new() { InitialState = BreakerState.MetricsOnly });
        world.Fail(3);

        Assert.Null(world.Breaker.TripFor(Break, "6 of 10 members", kind: ReasonKind.Fleet));

        var notice = Assert.IsType<WouldTripNotice>(Assert.Single(world.Notices));
        Assert.Equal((ReasonKind.Fleet, "6 of 10 members"), (notice.Reason.Kind, notice.Reason.Text));
        Assert.Equal((BreakerState.MetricsOnly, 1, 0), (world.State, world.Now.WouldTrips, world.Now.WindowRequests));
        Assert.Empty(world.Signals);
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.HalfOpen)]
    [InlineData(BreakerState.MetricsOnly)]
    public void A_trip_for_another_phase_does_nothing(BreakerState state)
    {
        var world = new World(new() { InitialState = state });

        Assert.Null(world.Breaker.TripFor(Break, "late", world.Now.PhaseNumber - 1));
        Assert.Null(world.Breaker.TripFor(Break, "early", world.Now.PhaseNumber + 1));

        Assert.Equal((state, 0, 0, 0), (world.State, world.Now.WouldTrips, world.Signals.Count, world.Notices.Count));
    }

    [Fact]
    public void A_trip_for_the_present_phase_opens()
    {
        var world = new World();
        world.Breaker.Reset();

        Assert.NotNull(world.Breaker.TripFor(Break, "in time", world.Now.PhaseNumber));

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void A_trip_for_a_phase_that_ends_at_the_same_moment_does_nothing()
    {
        var world = new World();
        var phase = world.Now.PhaseNumber;

        // A trip reads the clock before it exchanges the phase.
        world.Time.BeforeNextRead = () => world.Breaker.Reset();
        Assert.Null(world.Breaker.TripFor(Break, "late", phase));

        Assert.Equal((BreakerState.Closed, phase + 1, 0), (world.State, world.Now.PhaseNumber, world.Signals.Count));
    }

    [Fact]
    public void A_trip_for_any_phase_opens_the_one_that_begins_at_the_same_moment()
    {
        var world = new World();
        world.Time.BeforeNextRead = () => world.Breaker.Reset();

        Assert.NotNull(world.Breaker.TripFor(Break, "again"));

        Assert.Equal((BreakerState.Open, 3), (world.State, world.Now.PhaseNumber));
    }

    [Fact]
    public void A_trip_for_a_phase_that_is_reconfigured_at_the_same_moment_opens_it()
    {
        var world = new World();
        world.Time.BeforeNextRead = () => world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(9) });

        Assert.NotNull(world.Breaker.TripFor(Break, "again", world.Now.PhaseNumber));

        Assert.Equal((BreakerState.Open, "FailureStreak(9)"), (world.State, world.Now.Rule));
    }

    [Fact]
    public void A_manual_state_that_begins_at_the_same_moment_stays()
    {
        var world = new World();
        world.Time.BeforeNextRead = () => world.Breaker.Disable();

        Assert.Null(world.Breaker.TripFor(Break, "late"));

        Assert.Equal(BreakerState.Disabled, world.State);
    }

    [Fact]
    public void A_trip_by_a_fleet_has_a_reason_of_its_own_kind()
    {
        var world = new World();

        var signal = world.Breaker.TripFor(Break, reason: null, kind: ReasonKind.Fleet);

        Assert.Equal((ReasonKind.Fleet, "tripped by the fleet"), (signal!.Reason.Kind, signal.Reason.Text));
        Assert.Equal(ReasonKind.Fleet, world.Now.Reason.Kind);
        Assert.Equal(ReasonKind.Fleet, Assert.Throws<CallNotPermittedException>(world.Breaker.Admit).Reason.Kind);
        Assert.Equal("payments: closed -> open (tripped by the fleet)", signal.ToString());
    }

    [Fact]
    public void A_trip_by_hand_has_a_text_of_its_own()
    {
        var signal = new World().Breaker.TripFor(Break, reason: null);

        Assert.Equal((ReasonKind.Manual, "tripped by hand"), (signal!.Reason.Kind, signal.Reason.Text));
    }

    [Fact]
    public void A_break_of_the_longest_time_lasts_until_reset()
    {
        var world = new World();

        var signal = world.Breaker.TripFor(TimeSpan.MaxValue, "for good");

        Assert.Equal((null, null), (signal!.BreakFor, world.Now.RetryAfter));
        world.Wait(1e6);
        world.Rejects();
    }

    [Theory]
    [InlineData(0, "breakFor must be greater than zero, but is 00:00:00.")]
    [InlineData(-1, "breakFor must be greater than zero, but is -00:00:01.")]
    public void A_break_duration_that_is_not_positive_throws(double seconds, string message)
    {
        var world = new World();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => world.Breaker.TripFor(TimeSpan.FromSeconds(seconds), "never"));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Theory]
    [InlineData(ReasonKind.Tripped, "Tripped")]
    [InlineData((ReasonKind)99, "99")]
    public void A_kind_that_no_caller_may_use_throws(ReasonKind kind, string text)
    {
        var world = new World();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => world.Breaker.TripFor(Break, "never", kind: kind));

        Assert.StartsWith($"kind must be Manual or Fleet, but is {text}.", error.Message, StringComparison.Ordinal);
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_trip_of_an_evicted_circuit_for_one_of_its_phases_does_nothing()
    {
        var world = new GroupWorld();
        world.Call("acme");
        var kept = world.Group.GetOrAdd("acme");
        var phase = kept.Snapshot().PhaseNumber;
        world.Wait(TimeSpan.FromMinutes(12), detached: 1);

        Assert.Null(kept.TripFor(Break, "late", phase));
        Assert.Empty(world.Group);
        Assert.NotNull(kept.TripFor(Break, "by name"));

        Assert.Equal(BreakerState.Open, world.Group.GetOrAdd("acme").State);
    }
}
