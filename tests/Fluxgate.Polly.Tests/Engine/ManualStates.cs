namespace Fluxgate;

/// <summary>Metrics-only, disabled and forced-open: only a manual call leaves them.</summary>
public sealed class ManualStates
{
    [Fact]
    public void MetricsOnly_admits_all_calls_and_counts_would_trips()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3), InitialState = BreakerState.MetricsOnly });

        world.Fail(2);
        Assert.Equal(0, world.Now.WouldTrips);
        world.Fail();

        Assert.Equal((BreakerState.MetricsOnly, 1, 0), (world.State, world.Now.WouldTrips, world.Now.SignalCount));
        Assert.Empty(world.Signals);
        var notice = Assert.IsType<WouldTripNotice>(Assert.Single(world.Notices));
        Assert.Equal("payments: would have opened (FailureStreak 3 >= 3)", notice.ToString());
        Assert.Equal(ReasonKind.Tripped, notice.Reason.Kind);
    }

    [Fact]
    public void A_would_trip_clears_window_and_streak()
    {
        var world = new World(
            new() { Tripper = Tripper.MinRequests(4) & Tripper.FailureRate(0.5), InitialState = BreakerState.MetricsOnly }
        );

        world.Fail(4);
        Assert.Equal((1, 0, 0), (world.Now.WouldTrips, world.Now.WindowRequests, world.Now.ConsecutiveFailures));
        world.Fail(3);
        Assert.Equal((1, 3), (world.Now.WouldTrips, world.Now.WindowRequests));
        world.Fail();

        Assert.Equal((2, 8), (world.Now.WouldTrips, world.Now.Failures));
    }

    [Fact]
    public void A_call_in_flight_across_a_would_trip_is_not_stale()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2), InitialState = BreakerState.MetricsOnly });
        var early = world.Begin();
        world.Fail(2);

        early.Settle(Verdict.Failure);

        Assert.Equal((0, 3, 1, 1), (world.Now.Stale, world.Now.Failures, world.Now.WindowFailures, world.Now.ConsecutiveFailures));
    }

    [Fact]
    public void Disabled_admits_all_calls_and_counts_nothing()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), InitialState = BreakerState.Disabled });

        var call = world.Begin();
        world.Fail(5);
        Assert.Equal((BreakerState.Disabled, 0, 0), (world.State, world.Now.Requests, world.Now.InFlight));

        world.Breaker.Reset();
        call.Settle(Verdict.Failure);

        Assert.Equal((BreakerState.Closed, 0, 0), (world.State, world.Now.Requests, world.Now.Stale));
    }

    [Fact]
    public void ForcedOpen_rejects_all_calls_and_counts_them()
    {
        var world = new World();
        world.Breaker.ForceOpen("region is being evacuated");
        world.Time.Advance(TimeSpan.FromDays(365));

        var rejection = Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit());

        Assert.Equal("Circuit 'payments' is forced_open and rejects the call: region is being evacuated.", rejection.Message);
        Assert.Equal((BreakerState.ForcedOpen, (TimeSpan?)null), (rejection.State, rejection.RetryAfter));
        Assert.Equal((1, 0), (world.Now.RejectedIn(BreakerState.ForcedOpen), world.Now.RejectedIn(BreakerState.Open)));
    }

    [Fact]
    public void A_call_from_an_earlier_phase_is_stale_in_each_manual_state()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        var calls = world.Ask(3);

        world.Breaker.MetricsOnly();
        calls[0].Settle(Verdict.Failure);
        world.Breaker.Disable();
        calls[1].Settle(Verdict.Failure);
        world.Breaker.ForceOpen();
        calls[2].Settle(Verdict.Failure);

        Assert.Equal((3, 3, 0), (world.Now.Stale, world.Now.Failures, world.Now.WouldTrips));
        Assert.Equal(BreakerState.ForcedOpen, world.State);
    }
}
