namespace Fluxgate.Worlds;

/// <summary>Rule 6: a trip for one phase acts in that phase or not at all, and never leaves a manual state.</summary>
internal static class PhaseTrips
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(7);

    [World("A trip for one phase beside a reset never opens the phase that the reset begins")]
    public static void BesideAReset(Story story)
    {
        var circuit = new Circuit(story, new());
        var phase = circuit.Breaker.Snapshot().PhaseNumber;

        story.Together(() => Trip(story, circuit, phase), () => circuit.Reset());

        story.Require(circuit.State == BreakerState.Closed, $"the circuit is {circuit.State} after a reset");
    }

    [World("A trip for one phase beside the end of probing opens the half-open circuit or nothing")]
    public static void BesideARecovery(Story story)
    {
        var circuit = new Circuit(story, new() { Recovery = Recovery.AfterProbes(1) });
        circuit.Breaker.Probe();
        var probe = circuit.Admitted(1)[0];
        var phase = circuit.Breaker.Snapshot().PhaseNumber;
        Signal? tripped = null;

        story.Together(() => tripped = Trip(story, circuit, phase), () => circuit.Settle(probe, Verdict.Success));

        var expected = tripped is null ? BreakerState.Closed : BreakerState.Open;
        story.Require(
            circuit.State == expected,
            $"the trip returned {tripped?.ToString() ?? "nothing"}, and the circuit is {circuit.State}"
        );
        story.Require(tripped is null || tripped.OldState == BreakerState.HalfOpen, $"{tripped}");
    }

    [World("A trip beside the trip of a call opens the circuit once, for as long as its signal says")]
    public static void BesideACall(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1) }, recorder);

        story.Together(() => circuit.Fail(), () => Trip(story, circuit, onlyPhase: null));

        story.Until("the listener received the signal", () => recorder.Signals.Count > 0);
        var now = circuit.Breaker.Snapshot();
        story.Require(
            now.SignalCount == 1 && now.RetryAfter == recorder.Signals[0].BreakFor,
            $"{now.SignalCount} signals, {now.RetryAfter}"
        );
    }

    [World("A trip beside a call to a manual state never leaves it")]
    public static void BesideAManualState(Story story)
    {
        var circuit = new Circuit(story, new());

        story.Together(() => Trip(story, circuit, onlyPhase: null), () => circuit.Disable());

        story.Require(circuit.State == BreakerState.Disabled, $"the circuit is {circuit.State}, and was disabled");
    }

    [World("A trip for one phase beside metrics-only counts no would-trip, and a trip for any phase counts one at most")]
    public static void BesideMetricsOnly(Story story)
    {
        var circuit = new Circuit(story, new());
        var phase = circuit.Breaker.Snapshot().PhaseNumber;
        Signal? tripped = null;

        story.Together(
            () => Trip(story, circuit, phase),
            () => circuit.MetricsOnly(),
            () => tripped = Trip(story, circuit, onlyPhase: null)
        );

        var now = circuit.Breaker.Snapshot();
        story.Require(now.State == BreakerState.MetricsOnly, $"the circuit is {now.State}, and was metrics-only");
        story.Require(now.WouldTrips <= (tripped is null ? 1 : 0), $"{now.WouldTrips} would-trips, and {tripped}");
    }

    private static Signal? Trip(Story story, Circuit circuit, long? onlyPhase) =>
        story.Do($"fleet trips phase {onlyPhase}", () => circuit.Breaker.TripFor(Break, "fleet", onlyPhase, ReasonKind.Fleet));
}
