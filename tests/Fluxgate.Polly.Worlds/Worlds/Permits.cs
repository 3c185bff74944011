using Microsoft.Coyote.Runtime;

namespace Fluxgate.Worlds;

/// <summary>Rule 4: permits are neither lost nor granted twice.</summary>
internal static class Permits
{
    [World("MaxConcurrent(1) never has two probes in flight, and has its permit back in the end")]
    public static void OneAtATime(Story story)
    {
        var circuit = HalfOpen(story, Permit.MaxConcurrent(1), afterProbes: 5);

        // The first probe of a phase is admitted without a permit.
        circuit.Recorded(Verdict.Ignored);
        var probing = new Probing(story, circuit);

        story.Together(() => probing.Probe(Verdict.Ignored), () => probing.Probe(Verdict.Ignored));

        probing.Require(most: 1);
        RequireFree(story, circuit);
    }

    [World("MaxConcurrent(1) never has two probes in flight while a reconfiguration keeps them")]
    public static void OneAtATimeBesideAReconfiguration(Story story)
    {
        var circuit = HalfOpen(story, Permit.MaxConcurrent(1), afterProbes: 5);

        // The first probe of a phase is admitted without a permit.
        circuit.Recorded(Verdict.Ignored);
        var probing = new Probing(story, circuit);

        story.Together(
            () => probing.Probe(Verdict.Ignored),
            () => probing.Probe(Verdict.Success),
            () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(60))
        );

        probing.Require(most: 1);
        RequireFree(story, circuit);
    }

    [World("At most 10 probes are in flight until one has succeeded")]
    public static void TenUntilOneHasSucceeded(Story story)
    {
        var circuit = HalfOpen(story, Permit.All);
        circuit.Admitted(9);
        var admitted = 9;

        story.Together(TryAdmit, TryAdmit, TryAdmit);

        story.Require(admitted == 10, $"{admitted} probes in flight");

        void TryAdmit()
        {
            if (circuit.Admit() is not null)
            {
                Interlocked.Increment(ref admitted);
            }
        }
    }

    [World("Two calls after a break move the circuit once, and MaxConcurrent(1) admits one of them")]
    public static void FirstProbeAfterABreak(Story story)
    {
        var circuit = new Circuit(
            story,
            new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(1)), Permit = Permit.MaxConcurrent(1) }
        );
        circuit.Breaker.Trip();
        circuit.Clock.Advance(TimeSpan.FromSeconds(2));
        var admitted = 0;

        story.Together(TryAdmit, TryAdmit);

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(admitted == 1, $"{admitted} probes were admitted");
        story.Require(snapshot.Transitions(BreakerState.Open, BreakerState.HalfOpen) == 1, "the circuit went half-open more than once");
        story.Require(snapshot is { HalfOpenInFlight: 1, InFlight: 1 }, Circuit.Numbers(snapshot));

        void TryAdmit()
        {
            if (circuit.Admit() is not null)
            {
                Interlocked.Increment(ref admitted);
            }
        }
    }

    [World("AfterProbes(2) closes after two successes at once")]
    public static void RecoveryOfTwoProbes(Story story)
    {
        var circuit = HalfOpen(story, Permit.All);
        var probes = circuit.Admitted(2);

        story.Together(() => circuit.Settle(probes[0], Verdict.Success), () => circuit.Settle(probes[1], Verdict.Success));

        story.Require(
            circuit.State == BreakerState.Closed,
            $"every order closes the circuit: {Circuit.Numbers(circuit.Breaker.Snapshot())}"
        );
    }

    [World("AfterProbes(2) closes after two successes while a reconfiguration keeps the probes")]
    public static void RecoveryBesideAReconfiguration(Story story)
    {
        var circuit = HalfOpen(story, Permit.All);
        var probes = circuit.Admitted(2);

        story.Together(
            () => circuit.Settle(probes[0], Verdict.Success),
            () => circuit.Settle(probes[1], Verdict.Success),
            () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(60))
        );

        story.Require(
            circuit.State == BreakerState.Closed,
            $"every order closes the circuit: {Circuit.Numbers(circuit.Breaker.Snapshot())}"
        );
    }

    [World("Two failed probes at once re-open the circuit once")]
    public static void ReopenedOnce(Story story)
    {
        var circuit = HalfOpen(story, Permit.All);
        var probes = circuit.Admitted(2);

        story.Together(() => circuit.Settle(probes[0], Verdict.Failure), () => circuit.Settle(probes[1], Verdict.Failure));

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot is { State: BreakerState.Open, Reopens: 1, HalfOpenInFlight: 0 },
            $"every order re-opens the circuit once: {snapshot.Reopens} reopens, {Circuit.Numbers(snapshot)}"
        );
    }

    private static Circuit HalfOpen(Story story, Permit permit, int afterProbes = 2)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                Window = Window.Count(10),
                Tripper = Tripper.FailureStreak(2),
                Permit = permit,
                Recovery = Recovery.AfterProbes(afterProbes),
            }
        );
        circuit.Breaker.Probe();
        return circuit;
    }

    private static void RequireFree(Story story, Circuit circuit)
    {
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot is { HalfOpenInFlight: 0, InFlight: 0 }, Circuit.Numbers(snapshot));
        story.Require(circuit.Admit() is not null, "the permit is lost");
    }

    /// <summary>Counts the probes that are certainly in flight: from their admission until they begin to settle.</summary>
    private sealed class Probing(Story story, Circuit circuit)
    {
        private int _now;
        private int _most;

        public void Probe(Verdict verdict)
        {
            if (circuit.Admit() is { } admission)
            {
                _most = Math.Max(_most, ++_now);
                story.Do("probe runs", SchedulingPoint.Interleave);
                _now--;
                circuit.Settle(admission, verdict);
            }
        }

        public void Require(int most) => story.Require(_most <= most, $"{_most} probes in flight, {most} are allowed");
    }
}
