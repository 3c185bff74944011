namespace Fluxgate.Worlds;

/// <summary>Rule 4: a probe settles once, by its call or by its lease, also with concurrent operations.</summary>
internal static class Leases
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PastLease = TimeSpan.FromSeconds(31);

    [World("A probe whose lease runs out while it settles is counted once")]
    public static void ExpiredWhileSettling(Story story)
    {
        var circuit = HalfOpen(story);
        var probe = circuit.Admitted(1)[0];

        story.Together(
            () => circuit.Settle(probe, Verdict.Success),
            () =>
            {
                circuit.Pass(PastLease);
                circuit.Call(Verdict.Ignored);
            }
        );

        RequireSettledOnce(story, circuit);
    }

    [World("A probe whose lease runs out while it settles is counted once beside a reconfiguration")]
    public static void ExpiredBesideAReconfiguration(Story story)
    {
        var circuit = HalfOpen(story);
        var probe = circuit.Admitted(1)[0];

        story.Together(
            () => circuit.Settle(probe, Verdict.Success),
            () =>
            {
                circuit.Pass(PastLease);
                circuit.Call(Verdict.Ignored);
            },
            () => circuit.Reconfigure(settings => settings.Permit = Permit.Random(1))
        );

        RequireSettledOnce(story, circuit);
    }

    [World("A probe whose lease runs out while it settles is counted once beside a reset")]
    public static void ExpiredBesideAReset(Story story)
    {
        var circuit = HalfOpen(story);
        var probe = circuit.Admitted(1)[0];

        story.Together(
            () => circuit.Settle(probe, Verdict.Failure),
            () =>
            {
                circuit.Pass(PastLease);
                circuit.Call(Verdict.Ignored);
            },
            () => circuit.Reset()
        );

        RequireSettledOnce(story, circuit);
    }

    [World("Two probes whose leases run out beside two calls are counted once each and re-open the circuit")]
    public static void TwoExpireAtOnce(Story story)
    {
        var circuit = HalfOpen(story);
        circuit.Admitted(2);
        circuit.Clock.Advance(PastLease);

        story.Together(() => circuit.Call(Verdict.Ignored), () => circuit.Call(Verdict.Ignored));

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot is { State: BreakerState.Open, Failures: 2, InFlight: 0, HalfOpenInFlight: 0 }, Circuit.Numbers(snapshot));
    }

    [World("A lease that runs out while a reconfiguration takes the phase over still ends")]
    public static void TakenOver(Story story)
    {
        var circuit = HalfOpen(story);
        circuit.Admitted(2);
        circuit.Clock.Advance(PastLease);

        story.Together(() => circuit.Call(Verdict.Ignored), () => circuit.Reconfigure(settings => settings.Permit = Permit.Random(1)));

        circuit.Call(Verdict.Ignored);
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot is { State: BreakerState.Open, Failures: 2, HalfOpenInFlight: 0 }, Circuit.Numbers(snapshot));
    }

    private static Circuit HalfOpen(Story story)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                Window = Window.Count(10),
                Tripper = Tripper.FailureStreak(2),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(5),
                ProbeLease = Lease,
            }
        );
        circuit.Breaker.Probe();
        return circuit;
    }

    private static void RequireSettledOnce(Story story, Circuit circuit)
    {
        // The other call is always ignored, or not counted since it was rejected.
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot.Successes + snapshot.Failures == 1, $"the probe must be counted once: {Circuit.Numbers(snapshot)}");
        story.Require(snapshot is { InFlight: 0, HalfOpenInFlight: 0 }, $"nothing is in flight: {Circuit.Numbers(snapshot)}");
        story.Require(snapshot.Stale <= 2, $"two calls cannot be stale more often: {Circuit.Numbers(snapshot)}");
    }
}
