namespace Fluxgate.Worlds;

/// <summary>Rule 12: a streak counts consecutive failures within the phase, also with concurrent operations.</summary>
internal static class Streaks
{
    [World("Two failures at once open a circuit at a streak of 2")]
    public static void TwoFailuresAtOnce(Story story)
    {
        var circuit = AtAStreakOfTwo(story);

        story.Together(() => circuit.Fail(), () => circuit.Fail());

        story.Require(circuit.State == BreakerState.Open, $"every order opens the circuit: {Circuit.Numbers(circuit.Breaker.Snapshot())}");
    }

    [World("Two failures of one thread beside a success open a circuit at a streak of 2, or the success came between them")]
    public static void SuccessBesideTwoFailures(Story story)
    {
        var circuit = AtAStreakOfTwo(story);

        story.Together(() => circuit.Fail(2), () => circuit.Succeed());

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot.State == BreakerState.Open || snapshot.ConsecutiveFailures == 1,
            $"a closed circuit needs an order failure, success, failure, whose streak is 1: {Circuit.Numbers(snapshot)}"
        );
    }

    [World("Two failures open a circuit at a streak of 2 while a reconfiguration keeps the window")]
    public static void ReconfigurationThatKeepsTheWindow(Story story) =>
        BesideAReconfiguration(story, settings => settings.ProbeLease = TimeSpan.FromSeconds(1));

    [World("Two failures open a circuit at a streak of 2 while a reconfiguration replaces the window")]
    public static void ReconfigurationThatReplacesTheWindow(Story story) =>
        BesideAReconfiguration(story, settings => settings.Window = Window.Count(20));

    [World("Two failures open a circuit at a streak of 2 while a reconfiguration replaces a count window by a time window")]
    public static void ReconfigurationToATimeWindow(Story story) =>
        BesideAReconfiguration(story, settings => settings.Window = Window.Time(TimeSpan.FromSeconds(10)));

    [World("Two threads that fail once and succeed never open a circuit at a streak of 3")]
    public static void FailuresThatAreNotInARow(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Tripper.FailureStreak(3) });

        story.Together(
            () =>
            {
                circuit.Fail();
                circuit.Succeed();
            },
            () =>
            {
                circuit.Fail();
                circuit.Succeed();
            }
        );

        story.Require(circuit.State == BreakerState.Closed, "no order of the calls has 3 failures in a row");
    }

    [World("While metrics-only, four failures of two threads would trip at a streak of 2, and leave no streak that would")]
    public static void WouldTrips(Story story)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                Window = Window.Count(10),
                Tripper = Tripper.FailureStreak(2),
                InitialState = BreakerState.MetricsOnly,
            }
        );

        story.Together(() => circuit.Fail(2), () => circuit.Fail(2));

        var snapshot = circuit.Breaker.Snapshot();

        // A would-trip also clears a failure that settles while it is being counted.
        story.Require(
            (snapshot.WouldTrips, snapshot.ConsecutiveFailures) is (2, 0) or (1, 0 or 1),
            $"every order would trip once or twice, but {snapshot.WouldTrips} were counted: {Circuit.Numbers(snapshot)}"
        );
    }

    private static Circuit AtAStreakOfTwo(Story story) =>
        new(story, new() { Window = Window.Count(10), Tripper = Tripper.FailureStreak(2) });

    private static void BesideAReconfiguration(Story story, Action<FluxgateBreakerSettings> change)
    {
        var circuit = AtAStreakOfTwo(story);
        var admission = circuit.Admitted(1)[0];

        story.Together(() => circuit.Settle(admission, Verdict.Failure), () => circuit.Fail(), () => circuit.Reconfigure(change));

        story.Require(circuit.State == BreakerState.Open, $"every order opens the circuit: {Circuit.Numbers(circuit.Breaker.Snapshot())}");
    }
}
