namespace Fluxgate;

public sealed class InitialStates
{
    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.Open)]
    [InlineData(BreakerState.HalfOpen)]
    [InlineData(BreakerState.MetricsOnly)]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    public void A_breaker_can_start_in_any_state_without_a_signal(BreakerState state)
    {
        var world = new World(new() { InitialState = state });

        Assert.Equal((state, 1, 0), (world.State, world.Now.PhaseNumber, world.Now.SignalCount));
        Assert.Equal(("initial state", ReasonKind.Initial), (world.Now.Reason.Text, world.Now.Reason.Kind));
        Assert.Empty(world.Signals);
        Assert.Equal(state is not (BreakerState.Open or BreakerState.ForcedOpen), world.Breaker.TryAdmit(out _));
    }

    [Fact]
    public void A_breaker_that_starts_open_probes_after_its_break()
    {
        var world = new World(new() { InitialState = BreakerState.Open });
        Assert.Equal(TimeSpan.FromSeconds(60), world.Now.RetryAfter);

        world.Wait(60);
        world.Begin();

        Assert.Equal("payments: open -> half_open (the break of 60s is over)", Assert.Single(world.Signals).ToString());
    }

    [Fact]
    public void The_default_settings_are_those_of_the_design()
    {
        var settings = new FluxgateBreakerSettings();

        Assert.Equal(
            ["Count(100)", "MinRequests(100) & FailureRate(50%)", "Fixed(1m)", "RampUp(10% -> 100%, 1m)", "AfterProbes(10)"],
            new object[] { settings.Window, settings.Tripper, settings.BreakDuration, settings.Permit, settings.Recovery }.Select(part =>
                part.ToString()
            )
        );
        Assert.Equal(
            (BreakerState.Closed, TimeSpan.FromSeconds(30), false),
            (settings.InitialState, settings.ProbeLease, settings.ProbeWithoutTraffic)
        );
    }
}
