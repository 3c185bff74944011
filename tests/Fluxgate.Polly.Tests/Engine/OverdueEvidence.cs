namespace Fluxgate;

/// <summary>A call that hangs is evidence once, whatever other calls of its phase do meanwhile.</summary>
public sealed class OverdueEvidence
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Tripper Half = Tripper.MinRequests(1) & Tripper.SlowRate(0.5, Second);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Settling_a_paused_call_evaluates_calls_that_became_overdue(bool isAbandoned)
    {
        var world = new World(new() { Tripper = Half, AbandonedAfter = Timeout.InfiniteTimeSpan });
        var paused = world.Begin();
        _ = world.Begin();
        paused.Pause();
        world.Time.JumpMonotonicClock(2 * Second);

        _ = isAbandoned ? paused.SettleAbandoned() : paused.Settle(Verdict.Success);

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Theory]
    [InlineData(false, 1, 0)]
    [InlineData(true, 0, 1)]
    public void A_call_that_caused_a_would_trip_is_stale_also_after_progress(bool isAbandoned, long successes, long ignored)
    {
        var world = new World(
            new()
            {
                Tripper = Half,
                InitialState = BreakerState.MetricsOnly,
                AbandonedAfter = Timeout.InfiniteTimeSpan,
            }
        );
        var call = world.Begin();
        world.Wait(2);
        Assert.Equal(1, world.Now.WouldTrips);

        call.Pause();
        call.Resume();
        _ = isAbandoned ? call.SettleAbandoned() : call.Settle(Verdict.Success);

        Assert.Equal((1, 1, 0), (world.Now.WouldTrips, world.Now.Stale, world.Now.InFlight));
        Assert.Equal((successes, ignored, 0), (world.Now.Successes, world.Now.Ignored, world.Now.WindowRequests));
    }

    [Fact]
    public void A_hanging_call_counts_after_a_would_trip_if_an_older_call_resumes()
    {
        var world = new World(new() { Tripper = Half, InitialState = BreakerState.MetricsOnly });
        var older = world.Begin();
        older.Pause();
        world.Breaker.TripFor(Second, "by hand");
        Assert.Equal(1, world.Now.WouldTrips);
        _ = world.Begin();
        world.Time.JumpMonotonicClock(2 * Second);

        older.Resume();
        world.Wait(0.1);

        Assert.Equal(2, world.Now.WouldTrips);
    }
}
