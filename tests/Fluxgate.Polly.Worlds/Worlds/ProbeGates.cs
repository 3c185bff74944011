using Microsoft.Coyote.Runtime;

namespace Fluxgate.Worlds;

/// <summary>Rule 3: one call or the timer asks the probe gate at the end of a break, and the answer holds for all.</summary>
internal static class ProbeGates
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(1);

    // Shorter than the patience with a gate that hangs, to which the timer is set first.
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(500);

    [World("Of two calls and a timer after a break one asks the gate, and its postponement holds for all and wakes the timer")]
    public static void PostponedByOneOfThree(Story story)
    {
        var gate = new Gate(story, Wait);
        var circuit = AfterABreak(story, gate, timer: true);

        story.Together(() => circuit.Admit(), () => circuit.Admit(), circuit.FireTimers);

        story.Require(gate.Asked == 1, $"the gate was asked {gate.Asked} times");
        RequireTimerAfter(story, circuit, gate);
    }

    [World("Of two calls and a timer after a break one asks the gate that lets go, and the circuit probes once")]
    public static void LetGoByOneOfThree(Story story)
    {
        var gate = new Gate(story, null);
        var circuit = AfterABreak(story, gate, timer: true);

        story.Together(() => circuit.Admit(), () => circuit.Admit(), circuit.FireTimers);

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(gate.Asked == 1, $"the gate was asked {gate.Asked} times");
        story.Require(snapshot is { State: BreakerState.HalfOpen, SignalCount: 2 }, Circuit.Numbers(snapshot));
    }

    [World("A postponement beside a reset leaves the circuit closed, also when its time has passed")]
    public static void BesideAReset(Story story)
    {
        var gate = new Gate(story, Wait);
        var circuit = AfterABreak(story, gate, timer: true);

        story.Together(() => circuit.Admit(), () => circuit.Reset(), circuit.FireTimers);

        circuit.Pass(Wait);
        circuit.FireTimers();
        story.Require(circuit.State == BreakerState.Closed, $"the circuit is {circuit.State} after a reset");
    }

    [World("A postponement beside a reconfiguration that keeps the break and the gate holds, and wakes the timer")]
    public static void BesideAReconfiguration(Story story)
    {
        var gate = new Gate(story, Wait);
        var circuit = AfterABreak(story, gate, timer: true);

        story.Together(() => circuit.Admit(), () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(10)));

        RequireTimerAfter(story, circuit, gate);
    }

    [World("A postponement beside a reconfiguration without a timer holds, or the next call asks again")]
    public static void BesideAReconfigurationWithoutATimer(Story story)
    {
        var gate = new Gate(story, Wait);
        var circuit = AfterABreak(story, gate, timer: false);

        story.Together(() => circuit.Admit(), () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(10)));

        story.Require(circuit.Admit() is null, "the gate was not asked again");
        story.Require(circuit.Breaker.Snapshot().RetryAfter == Wait, $"the break lasts {circuit.Breaker.Snapshot().RetryAfter}");
        story.Require(circuit.Breaker.Snapshot().UserErrors(UserErrorSource.ProbeGate) == 0, "the gate was passed by");
    }

    [World("A postponement beside the eviction of its circuit is counted once, and loses no place")]
    public static void BesideAnEviction(Story story)
    {
        var gate = new Gate(story, Wait);
        var tenants = new Tenants(
            story,
            settings: new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.Fixed(Break),
                ProbeGate = gate.Ask,
            }
        );
        tenants.Call("a", Verdict.Failure);
        tenants.BecomeIdle();

        story.Together(tenants.FireTimers, () => tenants.Call("a"));

        var now = tenants.Now;
        story.Require(now.Requests + now.Rejected == 2 && now.InFlight == 0 && tenants.Group.Count <= 1, tenants.Numbers());

        // An evicted circuit takes nothing of the postponement to the next one.
        var next = tenants.Group.GetOrAdd("a").Snapshot();
        story.Require(
            now.Evicted == 0 ? next is { State: BreakerState.Open, RetryAfter: not null } : next is { State: BreakerState.Closed },
            $"a is {next.State} for {next.RetryAfter}: {tenants.Numbers()}"
        );
    }

    /// <summary>Requires that the postponement is in force, and that the timer ends it without a call.</summary>
    private static void RequireTimerAfter(Story story, Circuit circuit, Gate gate)
    {
        var retryAfter = circuit.Breaker.Snapshot().RetryAfter;
        story.Require(circuit.State == BreakerState.Open && retryAfter == Wait, $"the circuit is {circuit.State} for {retryAfter}");
        gate.Answer = null;
        circuit.Pass(Wait);
        circuit.FireTimers();
        story.Require(
            circuit.State == BreakerState.HalfOpen,
            $"the circuit is {circuit.State} after the postponement, and no timer is due"
        );
        story.Require(circuit.Breaker.Snapshot().UserErrors(UserErrorSource.ProbeGate) == 0, "the gate was passed by");
    }

    private static Circuit AfterABreak(Story story, Gate gate, bool timer)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                BreakDuration = BreakDuration.Fixed(Break),
                ProbeWithoutTraffic = timer,
                ProbeGate = gate.Ask,
            }
        );
        circuit.Breaker.Trip();
        circuit.Clock.Advance(Break);
        return circuit;
    }

    private sealed class Gate(Story story, TimeSpan? answer)
    {
        private int _asked;

        public TimeSpan? Answer { get; set; } = answer;

        public int Asked => _asked;

        public TimeSpan? Ask(ProbeGateContext _) =>
            story.Do(
                "gate",
                () =>
                {
                    Interlocked.Increment(ref _asked);

                    // Other threads run here if they can.
                    SchedulingPoint.Interleave();
                    return Answer;
                }
            );
    }
}
