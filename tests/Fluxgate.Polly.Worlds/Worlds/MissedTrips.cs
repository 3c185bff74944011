namespace Fluxgate.Worlds;

/// <summary>Rule 2: no torn reading keeps a circuit closed that every order of the calls would open.</summary>
internal static class MissedTrips
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);
    private static readonly Tripper Rate = Tripper.MinRequests(4) & Tripper.FailureRate(0.5);
    private static readonly Tripper MeasuredRate =
        Tripper.MinRequests(4) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.9, TimeSpan.FromSeconds(1)));

    [World("Two failures at once open a circuit whose rate needs both")]
    public static void CountWindow(Story story) => TwoFailures(story, Window.Count(10), Rate);

    [World("Two failures at once open a circuit whose rate needs both, where the window is measured")]
    public static void MeasuredWindow(Story story) => TwoFailures(story, Window.Count(10), MeasuredRate);

    [World("Two failures at once open a circuit whose rate needs both, where the window is full")]
    public static void FullWindow(Story story) => TwoFailures(story, Window.Count(4), Rate, before: 5);

    [World("Two failures at once open a circuit whose rate needs both, where the window is full and measured")]
    public static void FullMeasuredWindow(Story story) => TwoFailures(story, Window.Count(4), MeasuredRate, before: 5);

    [World("Two failures at once open a circuit whose rate needs both, in a time window")]
    public static void TimeWindow(Story story) => TwoFailures(story, Window.Time(TimeSpan.FromSeconds(10)), Rate);

    [World("Two failures open a circuit in a time window while one of its buckets ends")]
    public static void TimeWindowBesideARotation(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Time(TimeSpan.FromSeconds(10)), Tripper = Rate });
        circuit.Recorded(Verdict.Success, 2);

        story.Together(() => circuit.Fail(), () => circuit.Fail(), () => circuit.Pass(TimeSpan.FromSeconds(1.5)));

        RequireOpen(story, circuit);
    }

    [World("A failure and a success at once open a circuit, since either of them is the call that the minimum waits for")]
    public static void MinimumMetByASuccess(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Rate });
        circuit.Recorded(Verdict.Success);
        circuit.Recorded(Verdict.Failure);

        story.Together(() => circuit.Fail(), () => circuit.Succeed());

        RequireOpen(story, circuit);
    }

    [World("The first of two successes at once opens a circuit, though the second one pushes the failure out of the window")]
    public static void MinimumMetBeforeTheFailureLeaves(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(2), Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(0.5) });
        circuit.Recorded(Verdict.Failure);

        story.Together(() => circuit.Succeed(), () => circuit.Succeed());

        RequireOpen(story, circuit);
    }

    [World("The first of two successes at once opens a circuit in a time window, though the second one lowers the rate")]
    public static void MinimumMetBeforeTheRateFalls(Story story) => TwoSuccesses(story, TimeSpan.Zero);

    [World("The first of two successes at once opens a circuit in a time window where a bucket begins with them")]
    public static void MinimumMetInANewBucket(Story story) => TwoSuccesses(story, TimeSpan.FromSeconds(1.5));

    [World("A success opens a circuit whose minimum waited for it only, after a success and a failure at once")]
    public static void MinimumMetAfterwards(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Tripper.MinRequests(3) & Tripper.FailureRate(0.3) });

        story.Together(() => circuit.Succeed(), () => circuit.Fail());
        circuit.Succeed();

        RequireOpen(story, circuit);
    }

    [World("Two slow calls at once open a circuit whose slow rate needs both")]
    public static void SlowRate(Story story) =>
        TwoSlowCalls(story, Window.Count(10), Tripper.MinRequests(4) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)));

    [World("Two slow calls at once open a circuit whose slow rate needs both, in a time window")]
    public static void SlowRateOverATimeWindow(Story story) =>
        TwoSlowCalls(story, Window.Time(TimeSpan.FromSeconds(10)), Tripper.MinRequests(4) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)));

    [World("Two slow calls at once open a circuit whose mean duration needs both")]
    public static void AverageLatency(Story story) =>
        TwoSlowCalls(story, Window.Count(10), Tripper.MinRequests(4) & Tripper.AvgLatency(TimeSpan.FromSeconds(1)));

    [World("Two slow calls at once open a circuit whose mean duration needs both, in a time window")]
    public static void AverageLatencyOverATimeWindow(Story story) =>
        TwoSlowCalls(story, Window.Time(TimeSpan.FromSeconds(10)), Tripper.MinRequests(4) & Tripper.AvgLatency(TimeSpan.FromSeconds(1)));

    [World("Two failures open a circuit whose rate needs both while a reconfiguration keeps the window")]
    public static void ReconfigurationThatKeepsTheWindow(Story story) => BesideAReconfiguration(story, Window.Count(10), Rate);

    [World("Two failures open a circuit whose rate needs both while a reconfiguration keeps the measured window")]
    public static void ReconfigurationThatKeepsAMeasuredWindow(Story story) =>
        BesideAReconfiguration(story, Window.Count(10), MeasuredRate);

    [World("Two failures open a circuit whose rate needs both while a reconfiguration keeps the time window")]
    public static void ReconfigurationThatKeepsATimeWindow(Story story) =>
        BesideAReconfiguration(story, Window.Time(TimeSpan.FromSeconds(10)), Rate);

    [World("Two slow calls open a circuit while a reconfiguration keeps the window")]
    public static void SlowCallsBesideAReconfiguration(Story story)
    {
        var circuit = new Circuit(
            story,
            new() { Window = Window.Count(10), Tripper = Tripper.MinRequests(4) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) }
        );
        circuit.Recorded(Verdict.Success, 2, TimeSpan.Zero);
        var admission = circuit.Admitted(1)[0];

        story.Together(
            () => circuit.Settle(admission, Verdict.Success, Slow),
            () => circuit.Call(Verdict.Success, Slow),
            () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1))
        );

        RequireOpen(story, circuit);
    }

    private static void TwoSuccesses(Story story, TimeSpan after)
    {
        var circuit = new Circuit(story, new() { Window = Window.Time(TimeSpan.FromSeconds(10)), Tripper = Rate });
        circuit.Recorded(Verdict.Failure, 2);
        circuit.Recorded(Verdict.Success);
        circuit.Pass(after);

        story.Together(() => circuit.Succeed(), () => circuit.Succeed());

        RequireOpen(story, circuit);
    }

    private static void TwoFailures(Story story, Window window, Tripper tripper, int before = 2)
    {
        var circuit = new Circuit(story, new() { Window = window, Tripper = tripper });
        circuit.Recorded(Verdict.Success, before, TimeSpan.Zero);

        story.Together(() => circuit.Call(Verdict.Failure, TimeSpan.Zero), () => circuit.Call(Verdict.Failure, TimeSpan.Zero));

        RequireOpen(story, circuit);
    }

    private static void TwoSlowCalls(Story story, Window window, Tripper tripper)
    {
        var circuit = new Circuit(story, new() { Window = window, Tripper = tripper });
        circuit.Recorded(Verdict.Success, 2, TimeSpan.Zero);

        story.Together(() => circuit.Call(Verdict.Success, Slow), () => circuit.Call(Verdict.Success, Slow));

        RequireOpen(story, circuit);
    }

    private static void BesideAReconfiguration(Story story, Window window, Tripper tripper)
    {
        var circuit = new Circuit(story, new() { Window = window, Tripper = tripper });
        circuit.Recorded(Verdict.Success, 2, TimeSpan.Zero);
        var admission = circuit.Admitted(1)[0];

        story.Together(
            () => circuit.Settle(admission, Verdict.Failure, TimeSpan.Zero),
            () => circuit.Call(Verdict.Failure, TimeSpan.Zero),
            () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1))
        );

        RequireOpen(story, circuit);
    }

    private static void RequireOpen(Story story, Circuit circuit) =>
        story.Require(
            circuit.State == BreakerState.Open,
            $"every order of the calls opens the circuit: {Circuit.Numbers(circuit.Breaker.Snapshot())}"
        );
}
