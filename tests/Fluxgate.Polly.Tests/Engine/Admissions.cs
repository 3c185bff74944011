namespace Fluxgate;

/// <summary>A breaker without a pipeline: ask, call, settle.</summary>
public sealed class Admissions
{
    [Fact]
    public void Know_the_state_and_phase_that_let_them_in()
    {
        var world = new World();
        var admission = world.Begin();
        world.Breaker.Trip();

        Assert.Equal((BreakerState.Closed, 1), (admission.State, admission.PhaseNumber));
        Assert.Equal(2, world.Now.PhaseNumber);
    }

    [Fact]
    public void There_is_none_for_a_rejected_call()
    {
        var world = new World(new() { InitialState = BreakerState.ForcedOpen });

        Assert.False(world.Breaker.TryAdmit(out var admission));
        Assert.Null(admission);
    }

    [Fact]
    public void May_be_settled_through_the_breaker_too()
    {
        var world = new World(new() { Tripper = Tripper.AvgLatency(TimeSpan.FromSeconds(5)) });

        var signal = world.Breaker.Settle(world.Breaker.Admit(), Verdict.Success, TimeSpan.FromSeconds(5));

        Assert.Equal(BreakerState.Open, signal?.NewState);
    }

    [Fact]
    public void That_are_disposed_unsettled_count_as_ignored()
    {
        var world = new World();

        using (world.Begin()) { }

        Assert.Equal((1, 0), (world.Now.Ignored, world.Now.InFlight));
    }

    [Fact]
    public void That_are_disposed_after_they_settled_count_once()
    {
        var world = new World();

        using (var admission = world.Begin())
        {
            admission.Settle(Verdict.Success);
            admission.Dispose();
        }

        Assert.Equal((1, 0), (world.Now.Requests, world.Now.Ignored));
        Assert.Equal(1, world.Now.Successes);
    }

    [Fact]
    public void That_were_disposed_cannot_be_settled()
    {
        var world = new World();
        var admission = world.Begin();
        admission.Dispose();

        Assert.Throws<InvalidOperationException>(() => admission.Settle(Verdict.Failure));
        Assert.Equal((1, 0), (world.Now.Ignored, world.Now.Failures));
    }

    [Fact]
    public void A_refused_settle_leaves_them_unsettled()
    {
        var world = new World();
        var admission = world.Begin();

        Assert.Throws<ArgumentOutOfRangeException>(() => admission.Settle(Verdict.Success, TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentException>(() => new World().Breaker.Settle(admission, Verdict.Success));
        Assert.Equal((0, 1), (world.Now.Requests, world.Now.InFlight));

        admission.Settle(Verdict.Success, TimeSpan.Zero);
        Assert.Equal(1, world.Now.Successes);
    }
}
