namespace Fluxgate;

/// <summary>A transition during admission is reported with the call that caused it; a transition that no call caused is not reported.</summary>
public sealed class AdmissionTransitions
{
    [Fact]
    public async Task The_end_of_a_break_is_reported_with_the_next_call()
    {
        var circuit = new ObservedCircuit(ObservedCircuit.Settings);
        await circuit.Fail();
        await circuit.Fail();
        circuit.World.Wait(9.999);
        await circuit.Succeed("too early");
        circuit.World.Wait(0.001);
        await circuit.Succeed("first after it");

        Assert.Equal(
            [("Fluxgate.OnOpened", null), ("Fluxgate.OnHalfOpened", "first after it")],
            circuit.Received.Events.Select(received => (received.Name, received.OperationKey))
        );
    }

    [Fact]
    public async Task An_expired_lease_reopens_with_the_call_that_detects_it()
    {
        var circuit = WithAProbeThatNeverReturns(BreakDuration.Fixed(TimeSpan.FromSeconds(10)));

        var outcome = await circuit.Succeed("notices");

        Assert.IsType<CallNotPermittedException>(outcome.Exception);
        Assert.Equal(
            ["Error Fluxgate.OnOpened: payments: half_open -> open (none of 1 probes succeeded, 1 of 1 probes exceeded the lease of 30s)"],
            circuit.Received.Lines
        );
        Assert.Equal(("notices", null), (circuit.Received.Events[0].OperationKey, circuit.Received.Events[0].Outcome));
    }

    [Fact]
    public async Task A_call_without_a_break_reports_opening_and_half_opening()
    {
        var circuit = WithAProbeThatNeverReturns(BreakDuration.None);

        var outcome = await circuit.Succeed("notices");

        Assert.Equal("fine", outcome.Result);
        Assert.Equal(
            [
                "Error Fluxgate.OnOpened: payments: half_open -> open (none of 1 probes succeeded, 1 of 1 probes exceeded the lease of 30s)",
                "Warning Fluxgate.OnHalfOpened: payments: open -> half_open (no break)",
                "Information Fluxgate.OnClosed: payments: half_open -> closed (1 of 1 probes succeeded)",
            ],
            circuit.Received.Lines
        );
        Assert.All(circuit.Received.Events, received => Assert.Equal("notices", received.OperationKey));
        Assert.Equal([null, null, "fine"], circuit.Received.Events.Select(received => received.Outcome));
    }

    [Fact]
    public async Task Manual_transitions_are_not_reported()
    {
        var circuit = new ObservedCircuit(ObservedCircuit.Settings);
        var breaker = circuit.World.Breaker;
        await circuit.Succeed();

        foreach (
            var command in new Func<string?, Signal?>[]
            {
                breaker.Trip,
                breaker.Probe,
                breaker.ForceOpen,
                breaker.MetricsOnly,
                breaker.Disable,
                breaker.Reset,
            }
        )
        {
            Assert.NotNull(command("by hand"));
            await circuit.Succeed();
        }

        Assert.Equal(6, circuit.World.Signals.Count);
        Assert.Empty(circuit.Received.Events);
    }

    [Fact]
    public async Task Timed_transitions_are_not_reported()
    {
        var settings = ObservedCircuit.Settings;
        settings.ProbeWithoutTraffic = true;
        var circuit = new ObservedCircuit(settings);
        await circuit.Fail();
        await circuit.Fail();

        circuit.World.Wait(10);

        Assert.Equal(BreakerState.HalfOpen, circuit.World.State);
        Assert.Equal("Fluxgate.OnOpened", Assert.Single(circuit.Received.Events).Name);
    }

    [Fact]
    public async Task A_would_trip_is_not_reported()
    {
        var settings = ObservedCircuit.Settings;
        settings.InitialState = BreakerState.MetricsOnly;
        var circuit = new ObservedCircuit(settings);

        await circuit.Fail();
        await circuit.Fail();

        Assert.Equal(1, circuit.World.Now.WouldTrips);
        Assert.Empty(circuit.Received.Events);
    }

    [Fact]
    public async Task Calls_without_a_pipeline_report_nothing()
    {
        var circuit = new ObservedCircuit(ObservedCircuit.Settings);
        await circuit.Fail();

        circuit.World.Fail();

        Assert.Equal(BreakerState.Open, circuit.World.State);
        Assert.Empty(circuit.Received.Events);
    }

    private static ObservedCircuit WithAProbeThatNeverReturns(BreakDuration breakDuration)
    {
        var settings = ObservedCircuit.Settings;
        settings.BreakDuration = breakDuration;
        settings.Recovery = Recovery.AfterProbes(1);
        settings.Tripper = Tripper.Closed & Tripper.FailureStreak(50);
        var circuit = new ObservedCircuit(settings);
        circuit.World.Breaker.Probe();
        circuit.World.Begin();
        circuit.World.Wait(30);
        return circuit;
    }
}
