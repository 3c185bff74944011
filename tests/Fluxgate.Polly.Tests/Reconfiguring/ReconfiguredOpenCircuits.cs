namespace Fluxgate;

public sealed class ReconfiguredOpenCircuits
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    private int _draws;

    [Fact]
    public void The_deadline_is_kept_unless_the_break_duration_changes()
    {
        var world = Tripped(BreakDuration.Fixed(Ten, jitter: 0.5));
        var until = world.Now.NextProbeAt;
        world.Wait(4);
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(TimeSpan.FromMilliseconds(10_000), 0.5), Tripper.FailureStreak(9)));

        Assert.Equal((1, TimeSpan.FromSeconds(7), until), (_draws, world.Now.RetryAfter, world.Now.NextProbeAt));
        world.Wait(6.999);
        world.Rejects();
        world.Wait(0.001);
        world.Begin();
    }

    [Fact]
    public void A_new_break_duration_is_drawn_and_counts_from_the_start_of_the_break()
    {
        var world = Tripped(BreakDuration.Fixed(Ten));
        Assert.Equal(0, _draws);
        world.Wait(4);
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(2 * Ten, jitter: 0.5)));
        Assert.Equal((1, TimeSpan.FromSeconds(18)), (_draws, world.Now.RetryAfter));
        Assert.Equal(world.Now.EnteredAt + TimeSpan.FromSeconds(22), world.Now.NextProbeAt);

        world.Breaker.Reconfigure(With(BreakDuration.Fixed(Ten, jitter: 0.5)));
        Assert.Equal((2, TimeSpan.FromSeconds(7)), (_draws, world.Now.RetryAfter));
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(Ten, jitter: 0.5), Tripper.FailureStreak(9)));
        Assert.Equal((2, TimeSpan.FromSeconds(7)), (_draws, world.Now.RetryAfter));
    }

    [Fact]
    public void A_break_that_a_new_duration_has_ended_probes_with_the_next_call()
    {
        var world = Tripped(BreakDuration.Fixed(Ten));
        world.Wait(4);
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(TimeSpan.FromSeconds(4))));
        Assert.Equal((BreakerState.Open, null), (world.State, world.Now.RetryAfter));
        world.Begin();
        Assert.Equal("payments: open -> half_open (the break of 4s is over)", world.Signals[^1].ToString());
    }

    [Fact]
    public void A_deadline_can_be_added_to_UntilReset_and_removed()
    {
        var world = Tripped(BreakDuration.UntilReset);
        world.Wait(3);
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(Ten)));
        Assert.Equal(TimeSpan.FromSeconds(7), world.Now.RetryAfter);
        world.Breaker.Reconfigure(With(BreakDuration.UntilReset));
        Assert.Equal((null, null), (world.Now.RetryAfter, world.Now.NextProbeAt));
        world.Wait(1e6);
        world.Rejects();
        world.Breaker.Reconfigure(With(BreakDuration.None));
        world.Begin();
        Assert.Equal("no break", world.Signals[^1].Reason.Text);
    }

    [Fact]
    public void A_new_backoff_is_drawn_for_the_current_number_of_reopens()
    {
        var world = Tripped(BreakDuration.Fixed(Ten));
        world.Wait(10);
        world.Fail(5);
        Assert.Equal((BreakerState.Open, 1), (world.State, world.Now.Reopens));
        world.Breaker.Reconfigure(With(BreakDuration.Backoff(Ten, 3)));
        Assert.Equal(TimeSpan.FromSeconds(30), world.Now.RetryAfter);
    }

    [Fact]
    public void A_break_from_a_hint_is_kept_until_the_break_duration_changes()
    {
        var world = new World(With(BreakDuration.Fixed(Ten), Tripper.FailureStreak(1)));
        world.Begin().Settle(Verdict.Failure, breakFor: TimeSpan.FromSeconds(3));
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(Ten), Tripper.FailureStreak(2)));
        Assert.Equal(TimeSpan.FromSeconds(3), world.Now.RetryAfter);
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(2 * Ten), Tripper.FailureStreak(2)));
        Assert.Equal(2 * Ten, world.Now.RetryAfter);
    }

    [Fact]
    public void Rejections_and_the_reason_are_kept()
    {
        var world = Tripped(BreakDuration.Fixed(Ten));
        world.Rejects(3);
        var before = world.Now;
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(2 * Ten)));
        world.Rejects(2);
        Assert.Equal(
            (5, before.PhaseNumber, before.EnteredAt, before.Reason, 1),
            (world.Now.RejectedIn(BreakerState.Open), world.Now.PhaseNumber, world.Now.EnteredAt, world.Now.Reason, world.Signals.Count)
        );
    }

    [Fact]
    public void ProbeWithoutTraffic_starts_and_stops_the_timer_during_a_break()
    {
        var world = Tripped(BreakDuration.Fixed(Ten));
        var timed = With(BreakDuration.Fixed(Ten));
        timed.ProbeWithoutTraffic = true;
        world.Wait(4);
        world.Breaker.Reconfigure(timed);
        world.Wait(5.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);
        Assert.Equal(BreakerState.HalfOpen, world.State);

        world.Breaker.Trip();
        world.Breaker.Reconfigure(With(BreakDuration.Fixed(Ten)));
        world.Wait(100);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void The_timer_follows_a_deadline_that_moves_either_way()
    {
        var world = Tripped(BreakDuration.Fixed(Ten));
        Timed(Ten);
        Timed(3 * Ten);
        world.Wait(20);
        Assert.Equal(BreakerState.Open, world.State);
        Timed(2.5 * Ten);
        world.Wait(5);
        Assert.Equal(BreakerState.HalfOpen, world.State);

        void Timed(TimeSpan duration)
        {
            var settings = With(BreakDuration.Fixed(duration));
            settings.ProbeWithoutTraffic = true;
            world.Breaker.Reconfigure(settings);
        }
    }

    private World Tripped(BreakDuration duration)
    {
        var world = new World(With(duration));
        world.Fail(5);
        return world;
    }

    // Draws 0.6, so that a jitter of 50% turns ten seconds into eleven.
    private FluxgateBreakerSettings With(BreakDuration duration, Tripper? tripper = null) =>
        new()
        {
            Tripper = tripper ?? Tripper.FailureStreak(5),
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(5),
            BreakDuration = duration,
            Randomizer = Draw,
        };

    private double Draw()
    {
        _draws++;
        return 0.6;
    }
}
