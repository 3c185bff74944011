namespace Fluxgate.Worlds;

/// <summary>A call that hangs counts as overdue or as recorded, never as both, and is not forgotten.</summary>
internal static class Overdue
{
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(1);

    [World("A slow call that settles beside an admission that evaluates is not counted twice")]
    public static void SettledBesideAnAdmission(Story story) => CountedOnce(story, circuit => circuit.Admit());

    [World("A slow call that settles beside the timer is not counted twice")]
    public static void SettledBesideTheTimer(Story story) => CountedOnce(story, circuit => circuit.FireTimers());

    [World("Two slow calls that settle beside each other are not counted twice")]
    public static void SettledBesideASettledOne(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(4) & Tripper.SlowRate(0.5, Threshold));
        var calls = circuit.Admitted(3);
        circuit.Clock.Advance(2 * Threshold);
        circuit.FireTimers();

        story.Together(() => circuit.Settle(calls[0], Verdict.Success), () => circuit.Settle(calls[1], Verdict.Success));

        Require(story, circuit, BreakerState.Closed, overdue: 1);
    }

    [World("A slow call that settles beside an admission that evaluates is not missed")]
    public static void SettledBesideAnAdmissionTrips(Story story) => Tripped(story, circuit => circuit.Admit());

    [World("A slow call that settles beside the timer is not missed")]
    public static void SettledBesideTheTimerTrips(Story story) => Tripped(story, circuit => circuit.FireTimers());

    [World("Overdue calls trip even beside a reconfiguration that keeps the threshold")]
    public static void BesideAReconfiguration(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(2) & Tripper.SlowRate(1, Threshold));
        circuit.Admitted(2);
        circuit.Clock.Advance(2 * Threshold);

        story.Together(circuit.FireTimers, () => circuit.Reconfigure(settings => settings.ProbeLease = Threshold));

        story.Require(circuit.State == BreakerState.Open, Circuit.Numbers(circuit.Breaker.Snapshot()));
    }

    [World("A call that begins beside a reconfiguration that adds the threshold is overdue or not, and ends")]
    public static void BegunBesideANewThreshold(Story story)
    {
        var circuit = With(story, Tripper.FailureRate(1));
        Admission? call = null;

        story.Together(
            () => call = circuit.Admit(),
            () => circuit.Reconfigure(settings => settings.Tripper = Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold))
        );

        circuit.Pass(2 * Threshold);
        circuit.FireTimers();
        var overdue = circuit.Breaker.Snapshot().SlowCalls[0].Overdue;
        story.Require(overdue is 0 or 1, $"{overdue} overdue of one call");
        circuit.Settle(call!, Verdict.Success);
        Require(story, circuit, BreakerState.Closed, overdue: 0);
    }

    [World("Overdue calls of a metrics-only circuit cause one would-trip")]
    public static void OneWouldTrip(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(2) & Tripper.SlowRate(1, Threshold), BreakerState.MetricsOnly);
        var calls = circuit.Admitted(2);
        circuit.Clock.Advance(2 * Threshold);

        story.Together(circuit.FireTimers, () => circuit.Settle(calls[0], Verdict.Success));

        circuit.Settle(calls[1], Verdict.Success);
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot is { WouldTrips: 1, Requests: 2, InFlight: 0 } && snapshot.SlowCalls[0] is { Total: 2, Overdue: 0 },
            $"{snapshot.WouldTrips} would-trips, {snapshot.SlowCalls[0]}, {Circuit.Numbers(snapshot)}"
        );
    }

    [World("Two calls that open an epoch together are both overdue later")]
    public static void BegunTogether(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold));

        story.Together(() => circuit.Admit(), () => circuit.Admit());

        Pass(circuit);
        Require(story, circuit, BreakerState.Closed, overdue: 2);
    }

    [World("A call that begins beside a timer that finds nothing in flight trips later")]
    public static void BegunBesideTheTimer(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(3) & Tripper.SlowRate(0.3, Threshold));
        circuit.Recorded(Verdict.Success);
        circuit.Clock.Advance(2 * Threshold);
        circuit.Recorded(Verdict.Success);

        story.Together(() => circuit.Admit(), circuit.FireTimers);

        Pass(circuit);
        Require(story, circuit, BreakerState.Open, overdue: 1);
    }

    [World("A call that begins beside one of a later epoch, and ends, leaves only that one in flight")]
    public static void BegunBesideALaterEpoch(Story story) => BegunBesideALaterCall(story, Threshold / 4);

    [World("A call that begins beside the sweep of its epoch, and ends, leaves only the later one in flight")]
    public static void BegunBesideTheSweep(Story story) => BegunBesideALaterCall(story, 2 * Threshold);

    [World("A call that begins beside a timer that sweeps its epoch, and ends, leaves nothing behind")]
    public static void BegunBesideATimerThatSweeps(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold));
        circuit.Recorded(Verdict.Success);
        Admission? call = null;

        story.Together(
            () => call = circuit.Admit(),
            () =>
            {
                circuit.Pass(2 * Threshold);
                circuit.FireTimers();
            }
        );

        circuit.Settle(call!, Verdict.Success);
        RequireNoneInFlight(story, circuit, requests: 2);
    }

    [World("A call that begins beside the next epoch does not hide one that hangs")]
    public static void HangingBesideTheNextEpoch(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold));
        circuit.Admitted(1);
        Admission? first = null;
        Admission? second = null;

        story.Together(
            () => first = circuit.Admit(),
            () =>
            {
                circuit.Pass(Threshold / 12);
                second = circuit.Admit();
            }
        );

        circuit.Settle(first!, Verdict.Success);
        circuit.Settle(second!, Verdict.Success);
        circuit.Pass(Threshold * 13 / 12);
        circuit.FireTimers();
        Require(story, circuit, BreakerState.Closed, overdue: 1);
    }

    [World("Calls of an epoch that the timer closed and a call opened again leave nothing behind")]
    public static void BegunInAnEpochThatOpensAgain(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold));
        circuit.Recorded(Verdict.Success);
        circuit.Clock.Advance(2 * Threshold);
        circuit.Recorded(Verdict.Success);
        Admission? first = null;

        story.Together(() => first = circuit.Admit(), circuit.FireTimers);

        var second = circuit.Admit();
        circuit.Settle(first!, Verdict.Success);
        circuit.Settle(second!, Verdict.Success);
        story.Require(circuit.Breaker.Snapshot().OldestInFlight is null, "a call is in flight");
        RequireNoneInFlight(story, circuit, requests: 4);
    }

    [World("A call that begins beside a reset is counted in one of the two phases")]
    public static void BegunBesideAReset(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold));
        circuit.Recorded(Verdict.Success);
        Admission? call = null;

        story.Together(() => call = circuit.Admit(), () => circuit.Reset());

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot.InFlight == 1, Circuit.Numbers(snapshot));
        circuit.Settle(call!, Verdict.Success);
        RequireNoneInFlight(story, circuit, requests: 2);
    }

    [World("A call that ends beside the sweep of its epoch leaves nothing behind")]
    public static void EndedBesideTheSweep(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold));
        var calls = circuit.Admitted(2);
        circuit.Clock.Advance(2 * Threshold);

        story.Together(
            () => circuit.Settle(calls[0], Verdict.Success),
            circuit.FireTimers,
            () => circuit.Settle(calls[1], Verdict.Ignored)
        );

        Require(story, circuit, BreakerState.Closed, overdue: 0);
        story.Require(circuit.Breaker.Snapshot().OldestInFlight is null, "a call is in flight");
    }

    [World("Overdue calls beside a reset trip before it or never")]
    public static void BesideAReset(Story story)
    {
        var circuit = With(story, Tripper.MinRequests(2) & Tripper.SlowRate(1, Threshold));
        circuit.Admitted(2);
        circuit.Clock.Advance(2 * Threshold);

        story.Together(circuit.FireTimers, () => circuit.Reset());

        Pass(circuit);
        Require(story, circuit, BreakerState.Closed, overdue: 2);
    }

    private static void BegunBesideALaterCall(Story story, TimeSpan later)
    {
        var circuit = With(story, Tripper.MinRequests(9) & Tripper.SlowRate(1, Threshold));
        circuit.Recorded(Verdict.Success);
        Admission? first = null;
        Admission? second = null;

        story.Together(
            () => first = circuit.Admit(),
            () =>
            {
                circuit.Pass(later);
                second = circuit.Admit();
            }
        );

        circuit.Settle(first!, Verdict.Success);
        Pass(circuit);
        Require(story, circuit, BreakerState.Closed, overdue: 1);
        circuit.Settle(second!, Verdict.Success);
        RequireNoneInFlight(story, circuit, requests: 3);
    }

    private static void RequireNoneInFlight(Story story, Circuit circuit, long requests)
    {
        Pass(circuit);
        Require(story, circuit, BreakerState.Closed, overdue: 0);
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot is { InFlight: 0, OldestInFlight: null } && snapshot.Requests == requests,
            $"{snapshot.OldestInFlight} in flight, {Circuit.Numbers(snapshot)}"
        );
    }

    private static void CountedOnce(Story story, Action<Circuit> evaluate)
    {
        var circuit = With(story, Tripper.MinRequests(3) & Tripper.SlowRate(0.5, Threshold));
        var calls = circuit.Admitted(2);
        circuit.Clock.Advance(2 * Threshold);

        story.Together(() => circuit.Settle(calls[0], Verdict.Success), () => evaluate(circuit));

        circuit.FireTimers();
        Require(story, circuit, BreakerState.Closed, overdue: 1);
    }

    private static void Tripped(Story story, Action<Circuit> evaluate)
    {
        var circuit = With(story, Tripper.MinRequests(2) & Tripper.SlowRate(1, Threshold));
        var calls = circuit.Admitted(2);
        circuit.Clock.Advance(2 * Threshold);

        story.Together(() => circuit.Settle(calls[0], Verdict.Success), () => evaluate(circuit));

        circuit.FireTimers();
        story.Require(circuit.State == BreakerState.Open, Circuit.Numbers(circuit.Breaker.Snapshot()));
    }

    private static void Pass(Circuit circuit)
    {
        circuit.Pass(2 * Threshold);
        circuit.FireTimers();
    }

    private static void Require(Story story, Circuit circuit, BreakerState state, long overdue)
    {
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot.State == state && snapshot.SlowCalls[0].Overdue == overdue,
            $"{snapshot.SlowCalls[0].Overdue} overdue, {Circuit.Numbers(snapshot)}"
        );
    }

    private static Circuit With(Story story, Tripper tripper, BreakerState state = BreakerState.Closed) =>
        new(
            story,
            new()
            {
                Window = Window.Time(TimeSpan.FromMinutes(1)),
                Tripper = tripper,
                InitialState = state,
            }
        );
}
