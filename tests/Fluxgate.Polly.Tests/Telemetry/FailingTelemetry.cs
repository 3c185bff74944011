using Polly;

namespace Fluxgate;

/// <summary>Rule 8 for telemetry: an exception of a TelemetryListener is counted and does not affect the call.</summary>
public sealed class FailingTelemetry
{
    [Fact]
    public async Task Calls_get_their_own_outcome_and_the_circuit_works()
    {
        var circuit = new ObservedCircuit(ObservedCircuit.Settings, new(new InvalidOperationException("no disk")));
        var error = new IOException();

        await circuit.Fail();
        Assert.Same(error, (await circuit.Fail(error: error)).Exception);
        Assert.IsType<CallNotPermittedException>((await circuit.Succeed()).Exception);
        circuit.World.Wait(10);
        Assert.Equal("fine", (await circuit.Succeed()).Result);
        Assert.Equal("fine", (await circuit.Succeed()).Result);

        Assert.Equal(BreakerState.Closed, circuit.World.State);
        Assert.Equal(3, circuit.Received.Events.Count);
        Assert.Equal(new(Successes: 2, Failures: 2, Rejected: 1), CountsOfCalls.Of(circuit.World.Breaker));
    }

    [Fact]
    public async Task Each_error_is_counted_and_reported()
    {
        var circuit = new ObservedCircuit(ObservedCircuit.Settings, new(new InvalidOperationException("no disk")));

        await circuit.Fail();
        await circuit.Fail();
        circuit.World.Wait(10);
        await circuit.Succeed();

        Assert.Equal(2, circuit.World.Now.UserErrors(UserErrorSource.Listener));
        Assert.Equal(
            Enumerable.Repeat("payments: Listener failed (InvalidOperationException: no disk)", 2),
            circuit.World.Notices.Select(notice => $"{notice}")
        );
    }

    [Fact]
    public async Task A_second_transition_on_the_same_admission_is_reported()
    {
        var circuit = new ObservedCircuit(
            new()
            {
                Tripper = Tripper.Closed & Tripper.FailureStreak(50),
                BreakDuration = BreakDuration.None,
                Recovery = Recovery.AfterProbes(1),
            },
            new(new InvalidOperationException("no disk"))
        );
        circuit.World.Breaker.Probe();
        circuit.World.Begin();
        circuit.World.Wait(30);

        Assert.Equal("fine", (await circuit.Succeed()).Result);

        Assert.Equal(["Fluxgate.OnOpened", "Fluxgate.OnHalfOpened"], circuit.Received.Events.Select(received => received.Name));
    }

    [Fact]
    public async Task A_probe_whose_transition_cannot_be_reported_returns_its_permit()
    {
        var settings = ObservedCircuit.Settings;
        settings.Permit = Permit.MaxConcurrent(1);
        var circuit = new ObservedCircuit(settings, new(new InvalidOperationException("no disk")));
        circuit.World.Breaker.Trip();
        circuit.World.Wait(10);

        await circuit.Run(Outcome.FromResult("fine"));

        Assert.Equal(0, circuit.World.Now.HalfOpenInFlight);
        await circuit.Run(Outcome.FromResult("fine"));
        Assert.Equal(BreakerState.Closed, circuit.World.State);
    }
}
