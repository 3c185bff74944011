namespace Fluxgate.Worlds;

/// <summary>A call that its caller abandons after a long wait is a failure, once, whatever happens at the same time.</summary>
internal static class Abandoned
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(6);

    [World("An abandoned call and a failure beside it trip a streak of two, once")]
    public static void BesideAFailure(Story story)
    {
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(2) });
        var admissions = circuit.Admitted(2);
        circuit.Clock.Advance(Wait);

        story.Together(() => circuit.Abandon(admissions[0]), () => circuit.Settle(admissions[1], Verdict.Failure));

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot is { State: BreakerState.Open, Failures: 2, AbandonedFailures: 1, SignalCount: 1, InFlight: 0 },
            Circuit.Numbers(snapshot)
        );
    }

    [World("An abandoned call beside a trip is a failure once, current or stale")]
    public static void BesideATrip(Story story) => Beside(story, circuit => circuit.Trip());

    [World("An abandoned call beside a reset is a failure once, current or stale")]
    public static void BesideAReset(Story story) => Beside(story, circuit => circuit.Reset());

    [World("An abandoned call beside a reconfiguration of the wait counts by one of the two settings")]
    public static void BesideAReconfiguration(Story story)
    {
        var circuit = new Circuit(story, new());
        var admission = circuit.Admitted(1)[0];
        circuit.Clock.Advance(Wait);

        story.Together(
            () => circuit.Abandon(admission),
            () => circuit.Reconfigure(settings => settings.AbandonedAfter = TimeSpan.FromSeconds(60))
        );

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot.Failures == snapshot.AbandonedFailures
                && snapshot.Ignored == snapshot.AbandonedIgnored
                && snapshot is { Requests: 1, InFlight: 0 },
            Circuit.Numbers(snapshot)
        );
    }

    [World("An abandoned probe whose lease runs out is counted once")]
    public static void BesideItsLease(Story story)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                Permit = Permit.All,
                ProbeLease = Wait,
            }
        );
        circuit.Breaker.Probe();
        var probe = circuit.Admitted(1)[0];
        circuit.Clock.Advance(TimeSpan.FromSeconds(5));

        story.Together(
            () => circuit.Abandon(probe),
            () =>
            {
                circuit.Pass(TimeSpan.FromSeconds(2));
                circuit.Call(Verdict.Ignored);
            }
        );

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot is { Failures: 1, InFlight: 0, HalfOpenInFlight: 0 }, Circuit.Numbers(snapshot));
    }

    private static void Beside(Story story, Action<Circuit> act)
    {
        var circuit = new Circuit(story, new());
        var admission = circuit.Admitted(1)[0];
        circuit.Clock.Advance(Wait);

        story.Together(() => circuit.Abandon(admission), () => act(circuit));

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot is { Failures: 1, AbandonedFailures: 1, Requests: 1, InFlight: 0 }, Circuit.Numbers(snapshot));
    }
}
