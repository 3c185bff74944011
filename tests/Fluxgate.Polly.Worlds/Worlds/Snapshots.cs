namespace Fluxgate.Worlds;

/// <summary>Rule 1: a snapshot is consistent.</summary>
internal static class Snapshots
{
    private static readonly Tripper Never = Tripper.MinRequests(10) & Tripper.FailureRate(1);
    private static readonly Tripper NeverMeasured =
        Tripper.MinRequests(10) & (Tripper.FailureRate(1) | Tripper.SlowRate(1, TimeSpan.FromSeconds(1)));
    private static readonly Tripper MeasuredOfOne = Tripper.SlowRate(1, TimeSpan.FromSeconds(1));

    [World("A snapshot beside calls has no more calls in a count window than in the totals")]
    public static void CallsOfACountWindow(Story story) => BesideCalls(story, Window.Count(10), Never, RequireCallsInTheTotals);

    [World("A snapshot beside calls has no more calls in a measured window than in the totals")]
    public static void CallsOfAMeasuredWindow(Story story) => BesideCalls(story, Window.Count(10), NeverMeasured, RequireCallsInTheTotals);

    [World("A snapshot beside calls has no more calls in a time window than in the totals")]
    public static void CallsOfATimeWindow(Story story) =>
        BesideCalls(story, Window.Time(TimeSpan.FromSeconds(10)), Never, RequireCallsInTheTotals);

    [World("A snapshot beside calls has no more failures in a row than failures in the totals")]
    public static void FailuresInARow(Story story) =>
        BesideCalls(
            story,
            Window.Count(10),
            Never,
            (_, snapshot) =>
                story.Require(snapshot.ConsecutiveFailures <= snapshot.Failures, $"failures in a row: {Circuit.Numbers(snapshot)}")
        );

    [World("A snapshot beside a call has no less than 0 calls in flight")]
    public static void CallsInFlight(Story story) =>
        BesideCalls(
            story,
            Window.Count(10),
            Never,
            (_, snapshot) =>
                story.Require(snapshot.InFlight is >= 0 and <= 2, $"{snapshot.InFlight} in flight: {Circuit.Numbers(snapshot)}")
        );

    [World("A snapshot after a failure and beside a success has at most 1 failure in a measured window of 1")]
    public static void FailureInAFullMeasuredWindow(Story story) =>
        InAFullWindow(story, MeasuredOfOne, Verdict.Failure, beside: Verdict.Success);

    [World("A snapshot after a success and beside a failure has no less than 0 failures in a measured window of 1")]
    public static void SuccessInAFullMeasuredWindow(Story story) =>
        InAFullWindow(story, MeasuredOfOne, Verdict.Success, beside: Verdict.Failure);

    [World("A snapshot after a failure and beside a success has at most 1 failure in a count window of 1")]
    public static void FailureInAFullCountWindow(Story story) =>
        InAFullWindow(story, Tripper.FailureStreak(10), Verdict.Failure, beside: Verdict.Success);

    [World("A snapshot after a success and beside a failure has no less than 0 failures in a count window of 1")]
    public static void SuccessInAFullCountWindow(Story story) =>
        InAFullWindow(story, Tripper.FailureStreak(10), Verdict.Success, beside: Verdict.Failure);

    [World("A snapshot beside a reconfiguration that keeps a count window has no more failures than calls")]
    public static void ReconfigurationThatKeepsACountWindow(Story story) => BesideAReconfiguration(story, Window.Count(10), Never);

    [World("A snapshot beside a reconfiguration that keeps a measured window has no more failures than calls")]
    public static void ReconfigurationThatKeepsAMeasuredWindow(Story story) =>
        BesideAReconfiguration(story, Window.Count(10), NeverMeasured);

    [World("A snapshot beside a reconfiguration that keeps a time window has no more failures than calls")]
    public static void ReconfigurationThatKeepsATimeWindow(Story story) =>
        BesideAReconfiguration(story, Window.Time(TimeSpan.FromSeconds(10)), Never);

    [World("A snapshot beside a reconfiguration that replaces the window has no more calls in the window than in the totals")]
    public static void ReconfigurationThatReplacesTheWindow(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Never });

        story.Together(
            () => circuit.Fail(),
            () => circuit.Reconfigure(settings => settings.Window = Window.Count(20)),
            () => RequireCallsInTheTotals(story, circuit.Snapshot())
        );
    }

    [World("A snapshot beside probes has no more probes in flight than calls in flight")]
    public static void ProbesInFlight(Story story)
    {
        var circuit = new Circuit(story, new() { Permit = Permit.All });
        circuit.Breaker.Probe();

        story.Together(
            () => circuit.Call(Verdict.Ignored),
            () => circuit.Call(Verdict.Ignored),
            () =>
            {
                var snapshot = circuit.Snapshot();
                story.Require(snapshot.HalfOpenInFlight <= snapshot.InFlight, Circuit.Numbers(snapshot));
            }
        );
    }

    [World("A snapshot beside a recovery has no probes in flight while the circuit is closed")]
    public static void ProbesOfAnotherState(Story story)
    {
        var circuit = new Circuit(story, new() { Permit = Permit.All, Recovery = Recovery.AfterProbes(1) });
        circuit.Breaker.Probe();
        var probes = circuit.Admitted(2);

        story.Together(
            () => circuit.Settle(probes[0], Verdict.Success),
            () =>
            {
                var snapshot = circuit.Snapshot();
                story.Require(snapshot.State == BreakerState.HalfOpen || snapshot.HalfOpenInFlight == 0, Circuit.Numbers(snapshot));
            }
        );
    }

    [World("A snapshot beside a transition has the state, the number and the signals of one phase")]
    public static void Transition(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Tripper.FailureStreak(2) });
        circuit.Recorded(Verdict.Failure);

        story.Together(
            () => circuit.Fail(),
            () =>
            {
                var snapshot = circuit.Snapshot();
                var opened = snapshot.Transitions(BreakerState.Closed, BreakerState.Open) == 1;
                story.Require(
                    opened == (snapshot.State == BreakerState.Open)
                        && opened == (snapshot.SignalCount == 1)
                        && opened == (snapshot.PhaseNumber == 2)
                        && opened == (snapshot.Reason.Kind == ReasonKind.Tripped),
                    $"phase {snapshot.PhaseNumber}, {snapshot.SignalCount} signals, {snapshot.Reason}: {Circuit.Numbers(snapshot)}"
                );
            }
        );
    }

    [World("A snapshot beside a transition has no window of a phase that is over")]
    public static void WindowOfAnotherPhase(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Never });
        circuit.Recorded(Verdict.Failure);

        story.Together(
            () => circuit.Reset(),
            () =>
            {
                var snapshot = circuit.Snapshot();
                story.Require(
                    snapshot.WindowRequests == (snapshot.PhaseNumber == 1 ? 1 : 0),
                    $"phase {snapshot.PhaseNumber}: {Circuit.Numbers(snapshot)}"
                );
            }
        );
    }

    [World("Of two snapshots in a row beside a call and a reset the second counts no less")]
    public static void TwoInARow(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Never });

        story.Together(
            () => circuit.Fail(),
            () => circuit.Reset(),
            () =>
            {
                var first = circuit.Snapshot();
                var second = circuit.Snapshot();
                story.Require(
                    second.Requests >= first.Requests && second.Failures >= first.Failures && second.PhaseNumber >= first.PhaseNumber,
                    "the second snapshot counts less than the first"
                );
            }
        );
    }

    private static void BesideCalls(Story story, Window window, Tripper tripper, Action<Story, BreakerSnapshot> require)
    {
        var circuit = new Circuit(story, new() { Window = window, Tripper = tripper });

        story.Together(() => circuit.Fail(), () => circuit.Succeed(), () => require(story, circuit.Snapshot()));
    }

    private static void InAFullWindow(Story story, Tripper tripper, Verdict verdict, Verdict beside)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(1), Tripper = tripper });
        circuit.Recorded(verdict, 1, TimeSpan.Zero);

        story.Together(
            () => circuit.Call(beside, TimeSpan.Zero),
            () =>
            {
                circuit.Call(verdict, TimeSpan.Zero);
                RequireFailuresAmongCalls(story, circuit.Snapshot());
            }
        );
    }

    private static void BesideAReconfiguration(Story story, Window window, Tripper tripper)
    {
        var circuit = new Circuit(story, new() { Window = window, Tripper = tripper });

        story.Together(
            () =>
            {
                circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1));
                circuit.Fail(2);
            },
            () => RequireFailuresAmongCalls(story, circuit.Snapshot())
        );
    }

    private static void RequireFailuresAmongCalls(Story story, BreakerSnapshot snapshot) =>
        story.Require(
            snapshot.WindowFailures >= 0
                && snapshot.WindowFailures <= snapshot.WindowRequests
                && snapshot.FailureRate is null or >= 0 and <= 1,
            $"{snapshot.WindowFailures} failures of {snapshot.WindowRequests}, a rate of {snapshot.FailureRate}"
        );

    private static void RequireCallsInTheTotals(Story story, BreakerSnapshot snapshot) =>
        story.Require(
            snapshot.WindowRequests <= snapshot.Requests,
            $"{snapshot.WindowRequests} calls in the window, {snapshot.Requests} in the totals: {Circuit.Numbers(snapshot)}"
        );
}
