namespace Fluxgate.Worlds;

/// <summary>Rule 2: no torn reading opens a circuit that no order of the calls would open.</summary>
internal static class FalseTrips
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    [World("A failure and a success at once in a full measured window open no circuit, since either order leaves one failure of two")]
    public static void FullMeasuredWindow(Story story)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                Window = Window.Count(2),
                Tripper = Tripper.MinRequests(2) & (Tripper.FailureRate(1) | Tripper.SlowRate(1, TimeSpan.FromSeconds(1))),
            }
        );
        circuit.Recorded(Verdict.Failure, 1, TimeSpan.Zero);
        circuit.Recorded(Verdict.Success, 1, TimeSpan.Zero);

        story.Together(() => circuit.Call(Verdict.Failure, TimeSpan.Zero), () => circuit.Call(Verdict.Success, TimeSpan.Zero));

        RequireClosed(story, circuit);
    }

    [World("A slow and a quick call at once in a full measured window open no circuit, since either order leaves one slow call of two")]
    public static void SlowRateOfAFullWindow(Story story)
    {
        var circuit = new Circuit(
            story,
            new() { Window = Window.Count(2), Tripper = Tripper.MinRequests(2) & Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) }
        );
        circuit.Recorded(Verdict.Success, 1, Slow);
        circuit.Recorded(Verdict.Success, 1, TimeSpan.Zero);

        story.Together(() => circuit.Call(Verdict.Success, Slow), () => circuit.Call(Verdict.Success, TimeSpan.Zero));

        RequireClosed(story, circuit);
    }

    [World("A slow and a quick call at once in a full measured window open no circuit by their mean duration")]
    public static void AverageLatencyOfAFullWindow(Story story)
    {
        var circuit = new Circuit(
            story,
            new() { Window = Window.Count(2), Tripper = Tripper.MinRequests(2) & Tripper.AvgLatency(TimeSpan.FromSeconds(1.5)) }
        );
        circuit.Recorded(Verdict.Success, 1, Slow);
        circuit.Recorded(Verdict.Success, 1, TimeSpan.Zero);

        story.Together(() => circuit.Call(Verdict.Success, Slow), () => circuit.Call(Verdict.Success, TimeSpan.Zero));

        RequireClosed(story, circuit);
    }

    [World("A failure and a success at once in a full window open no circuit, since either order leaves one failure of two")]
    public static void FullCountWindow(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(2), Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(1) });
        circuit.Recorded(Verdict.Failure);
        circuit.Recorded(Verdict.Success);

        story.Together(() => circuit.Fail(), () => circuit.Succeed());

        RequireClosed(story, circuit);
    }

    [World("A success and then a failure beside a failure open no circuit that needs failures only")]
    public static void TornSums(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(1) });

        story.Together(
            () =>
            {
                circuit.Succeed();
                circuit.Fail();
            },
            () => circuit.Fail()
        );

        RequireClosed(story, circuit);
    }

    [World("Three failures open no circuit that needs three, since the first has expired in a time window before the third")]
    public static void TimeWindowBesideARotation(Story story) => BesideARotation(story, Tripper.MinRequests(3) & Tripper.FailureRate(1));

    [World(
        "Three failures open no circuit that needs three, where a custom rule is evaluated at each call and the first expires in a time window"
    )]
    public static void CustomRuleBesideARotation(Story story) =>
        BesideARotation(story, (Tripper.MinRequests(3) & Tripper.FailureRate(1)) | new Never());

    [World("Three slow calls open no circuit that needs three, since the first has expired in a time window before the third")]
    public static void SlowRateBesideARotation(Story story) =>
        BesideARotation(story, Tripper.MinRequests(3) & Tripper.SlowRate(1, TimeSpan.FromSeconds(1)));

    [World("A success before and two after the failures have expired open no circuit")]
    public static void SuccessesBesideARotation(Story story)
    {
        var circuit = new Circuit(
            story,
            new() { Window = Window.Time(TimeSpan.FromSeconds(10)), Tripper = Tripper.MinRequests(5) & Tripper.FailureRate(0.4) }
        );
        circuit.Recorded(Verdict.Failure, 2);
        circuit.Recorded(Verdict.Success);

        story.Together(
            () => circuit.Succeed(),
            () =>
            {
                circuit.Pass(TimeSpan.FromSeconds(10));
                circuit.Succeed(2);
            }
        );

        RequireClosed(story, circuit);
    }

    [World("A failure beside a reset leaves the circuit closed, since the reset ends the phase whose streak the failure would complete")]
    public static void FailureBesideAReset(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Tripper.FailureStreak(2) });
        circuit.Recorded(Verdict.Failure);

        story.Together(() => circuit.Fail(), () => circuit.Reset());

        RequireClosed(story, circuit);
    }

    [World("A failure beside a reconfiguration that keeps the window opens no circuit, since it is the first of two")]
    public static void FailureBesideAReconfiguration(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(1) });

        story.Together(() => circuit.Fail(), () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1)));

        RequireClosed(story, circuit);
    }

    private static void BesideARotation(Story story, Tripper tripper)
    {
        var circuit = new Circuit(story, new() { Window = Window.Time(TimeSpan.FromSeconds(10)), Tripper = tripper });
        circuit.Recorded(Verdict.Failure, 1, Slow);

        story.Together(
            () => circuit.Call(Verdict.Failure, Slow),
            () =>
            {
                circuit.Pass(TimeSpan.FromSeconds(11));
                circuit.Call(Verdict.Failure, Slow);
            }
        );

        RequireClosed(story, circuit);
    }

    private static void RequireClosed(Story story, Circuit circuit) =>
        story.Require(circuit.State == BreakerState.Closed, "no order of the calls opens the circuit");

    /// <summary>A custom rule, which the breaker evaluates at each call.</summary>
    private sealed class Never : Tripper
    {
        public override bool Fires(in TripperContext reading) => false;
    }
}
