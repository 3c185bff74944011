namespace Fluxgate.Worlds;

/// <summary>Rule 1: totals lose nothing, and a call settles exactly once.</summary>
internal static class Totals
{
    [World("An admission that two threads settle settles once, and the other settlement throws")]
    public static void SettledTwice(Story story)
    {
        var circuit = new Circuit(story, new());
        var admission = circuit.Admitted(1)[0];
        var rejected = 0;

        story.Together(Settle, Settle);

        RequireCounted(story, circuit, calls: 1);
        story.Require(rejected == 1, $"{rejected} of 2 settlements threw");

        void Settle()
        {
            try
            {
                circuit.Settle(admission, Verdict.Failure);
            }
            catch (InvalidOperationException)
            {
                Interlocked.Increment(ref rejected);
            }
        }
    }

    [World("An admission that two threads dispose settles once")]
    public static void DisposedTwice(Story story)
    {
        var circuit = new Circuit(story, new());
        var admission = circuit.Admitted(1)[0];

        story.Together(
            () => story.Do("dispose the admission", admission.Dispose),
            () => story.Do("dispose the admission", admission.Dispose)
        );

        RequireCounted(story, circuit, calls: 1);
    }

    [World("Two calls beside a reset are counted once each")]
    public static void BesideAReset(Story story) => TwoCallsBeside(story, circuit => circuit.Reset());

    [World("Two calls beside a trip are counted once each, or rejected")]
    public static void BesideATrip(Story story) => TwoCallsBeside(story, circuit => circuit.Trip());

    [World("Two calls beside a reconfiguration that keeps the window are counted once each")]
    public static void BesideAReconfiguration(Story story) =>
        TwoCallsBeside(story, circuit => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1)));

    [World("Two calls beside a reconfiguration that replaces the window are counted once each")]
    public static void BesideANewWindow(Story story) =>
        TwoCallsBeside(story, circuit => circuit.Reconfigure(settings => settings.Window = Window.Time(TimeSpan.FromSeconds(60))));

    [World("Two calls beside a reset and a reconfiguration are counted once each")]
    public static void BesideAResetAndAReconfiguration(Story story)
    {
        var circuit = new Circuit(story, new());
        var admissions = circuit.Admitted(2);

        story.Together(
            () =>
            {
                circuit.Settle(admissions[0], Verdict.Failure);
                circuit.Settle(admissions[1], Verdict.Success);
            },
            () => circuit.Reset(),
            () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1))
        );

        RequireCounted(story, circuit, calls: 2);
    }

    [World("Slow calls beside a reconfiguration and a reset are counted once each")]
    public static void SlowCalls(Story story)
    {
        var circuit = new Circuit(
            story,
            new() { Window = Window.Count(10), Tripper = Tripper.MinRequests(10) & Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) }
        );
        var admissions = circuit.Admitted(2);

        story.Together(
            () => circuit.Settle(admissions[0], Verdict.Success, TimeSpan.FromSeconds(2)),
            () => circuit.Settle(admissions[1], Verdict.Failure, TimeSpan.FromSeconds(2)),
            () =>
            {
                circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1));
                circuit.Reset();
            }
        );

        RequireCounted(story, circuit, calls: 2);
        var slow = circuit.Breaker.Snapshot().SlowCalls.Sum(count => count.Total);
        story.Require(slow == 2, $"{slow} of 2 slow calls");
    }

    [World("While metrics-only, calls beside a would-trip are counted once each")]
    public static void WouldTrips(Story story)
    {
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1), InitialState = BreakerState.MetricsOnly });

        story.Together(() => circuit.Fail(), () => circuit.Fail(), () => circuit.Succeed());

        RequireCounted(story, circuit, calls: 3);
    }

    [World("Every rejection is counted")]
    public static void Rejections(Story story)
    {
        var circuit = new Circuit(story, new());
        var rejected = 0;

        story.Together(TryAdmit, TryAdmit, () => circuit.Trip());

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot.Rejected == rejected, $"{snapshot.Rejected} of {rejected} rejections");

        void TryAdmit()
        {
            if (circuit.Admit() is { } admission)
            {
                circuit.Settle(admission, Verdict.Success);
            }
            else
            {
                Interlocked.Increment(ref rejected);
            }
        }
    }

    private static void TwoCallsBeside(Story story, Action<Circuit> change)
    {
        var circuit = new Circuit(story, new());
        var admitted = 0;

        story.Together(() => Call(Verdict.Failure), () => Call(Verdict.Success), () => change(circuit));

        RequireCounted(story, circuit, admitted);

        void Call(Verdict verdict)
        {
            if (circuit.Admit() is { } admission)
            {
                Interlocked.Increment(ref admitted);
                circuit.Settle(admission, verdict);
            }
        }
    }

    private static void RequireCounted(Story story, Circuit circuit, int calls)
    {
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot.Requests == calls, $"{snapshot.Requests} of {calls} calls: {Circuit.Numbers(snapshot)}");
        story.Require(snapshot.InFlight == 0, $"calls in flight: {Circuit.Numbers(snapshot)}");
    }
}
