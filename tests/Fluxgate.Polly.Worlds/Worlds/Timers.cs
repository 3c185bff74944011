namespace Fluxgate.Worlds;

/// <summary>Rule 8: a timer callback never throws, and a timer ends nothing that has already ended.</summary>
internal static class Timers
{
    private static readonly TimeSpan PastLease = TimeSpan.FromSeconds(30) + TimeSpan.FromMilliseconds(5);

    [World("A timer that fires for an expired lease beside a reset throws nothing")]
    public static void LeaseBesideAReset(Story story) => ExpiredLease(story, circuit => circuit.FireTimers(), circuit => circuit.Reset());

    [World("A timer that fires for an expired lease beside a disposal throws nothing")]
    public static void LeaseBesideADisposal(Story story) =>
        ExpiredLease(story, circuit => circuit.FireTimers(), circuit => circuit.Dispose());

    [World("A timer that fires for an expired lease beside a reconfiguration throws nothing")]
    public static void LeaseBesideAReconfiguration(Story story) =>
        ExpiredLease(
            story,
            circuit => circuit.FireTimers(),
            circuit => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(10))
        );

    [World("A reconfiguration beside a reset of a phase with an expired lease throws nothing")]
    public static void ReconfigurationBesideAReset(Story story) =>
        ExpiredLease(
            story,
            circuit => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(10)),
            circuit => circuit.Reset()
        );

    [World("A timer at the end of a break beside a reset leaves the circuit closed")]
    public static void EndOfABreakBesideAReset(Story story)
    {
        var circuit = Probing(story);
        circuit.Breaker.Trip();
        circuit.Clock.Advance(TimeSpan.FromSeconds(1));

        story.Together(circuit.FireTimers, () => circuit.Reset());

        story.Require(circuit.State == BreakerState.Closed, $"the circuit is {circuit.State} after a reset");
    }

    [World("A timer ends a break even beside a reconfiguration that keeps it")]
    public static void EndOfABreakBesideAReconfiguration(Story story)
    {
        var circuit = Probing(story);
        circuit.Breaker.Trip();
        circuit.Clock.Advance(TimeSpan.FromSeconds(1));

        story.Together(circuit.FireTimers, () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(10)));

        circuit.FireTimers();
        story.Require(circuit.State == BreakerState.HalfOpen, $"the circuit is {circuit.State} after its break, and no timer is due");
    }

    [World("A timer that a reconfiguration requests beside a trip ends the break")]
    public static void TimerRequestedBesideATrip(Story story)
    {
        var circuit = new Circuit(story, new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(1)) });

        story.Together(() => circuit.Trip(), () => circuit.Reconfigure(settings => settings.ProbeWithoutTraffic = true));

        circuit.Pass(TimeSpan.FromSeconds(1));
        circuit.FireTimers();
        story.Require(circuit.State == BreakerState.HalfOpen, $"the circuit is {circuit.State} after its break, and no timer is due");
    }

    [World("A timer ends the lease of a probe that begins beside a reconfiguration")]
    public static void LeaseOfAProbeBesideAReconfiguration(Story story)
    {
        var circuit = Probing(story);
        circuit.Breaker.Probe();

        story.Together(() => circuit.Admit(), () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(10)));

        circuit.Pass(PastLease);
        circuit.FireTimers();
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot.HalfOpenInFlight == 0, $"the lease has run out, and no timer is due: {Circuit.Numbers(snapshot)}");
    }

    [World("A timer ends the break of a trip beside a probe, whose lease ends later")]
    public static void ProbeBesideATrip(Story story)
    {
        var circuit = Probing(story);
        circuit.Breaker.Probe();

        story.Together(() => circuit.Admit(), () => circuit.Trip());

        circuit.Pass(TimeSpan.FromSeconds(1));
        circuit.FireTimers();
        story.Require(circuit.State == BreakerState.HalfOpen, $"the circuit is {circuit.State} after its break, and no timer is due");
    }

    private static void ExpiredLease(Story story, Action<Circuit> first, Action<Circuit> second)
    {
        var circuit = Probing(story);
        circuit.Breaker.Probe();
        circuit.Admitted(1);
        circuit.Clock.Advance(PastLease);

        story.Together(() => first(circuit), () => second(circuit));
    }

    private static Circuit Probing(Story story) =>
        new(
            story,
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(1)),
                ProbeWithoutTraffic = true,
                ProbeLease = TimeSpan.FromSeconds(30),
            }
        );
}
