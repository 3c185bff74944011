namespace Fluxgate;

/// <summary>A breaker without a pipeline: admit, call, settle.</summary>
public sealed class Admissions
{
    [Fact]
    public void An_admission_has_the_state_and_phase_that_admitted_it()
    {
        var world = new World();
        var admission = world.Begin();
        world.Breaker.Trip();

        Assert.Equal((BreakerState.Closed, 1), (admission.State, admission.PhaseNumber));
        Assert.Equal(2, world.Now.PhaseNumber);
    }

    [Fact]
    public void A_rejected_call_has_no_admission()
    {
        var world = new World(new() { InitialState = BreakerState.ForcedOpen });

        Assert.False(world.Breaker.TryAdmit(out var admission));
        Assert.Null(admission);
    }

    [Fact]
    public void The_breaker_can_settle_an_admission()
    {
        var world = new World(new() { Tripper = Tripper.AvgLatency(TimeSpan.FromSeconds(5)) });

        var signal = world.Breaker.Settle(world.Breaker.Admit(), Verdict.Success, TimeSpan.FromSeconds(5));

        Assert.Equal(BreakerState.Open, signal?.NewState);
    }

    [Fact]
    public void An_admission_disposed_unsettled_counts_as_ignored()
    {
        var world = new World();

        using (world.Begin()) { }

        Assert.Equal((1, 0), (world.Now.Ignored, world.Now.InFlight));
    }

    [Fact]
    public void An_admission_disposed_after_it_settled_counts_once()
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
    public void A_disposed_admission_cannot_be_settled()
    {
        var world = new World();
        var admission = world.Begin();
        admission.Dispose();

        Assert.Throws<InvalidOperationException>(() => admission.Settle(Verdict.Failure));
        Assert.Equal((1, 0), (world.Now.Ignored, world.Now.Failures));
    }

    [Fact]
    public void A_Settle_that_throws_leaves_the_admission_unsettled()
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
