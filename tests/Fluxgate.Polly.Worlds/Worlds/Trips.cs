namespace Fluxgate.Worlds;

/// <summary>Rules 3 and 10: a circuit opens once, for one break, which is drawn once.</summary>
internal static class Trips
{
    [World("Two failures that both suffice open the circuit once and draw one break")]
    public static void TwoCallsThatTrip(Story story)
    {
        var breaks = new CountedBreak();
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1), BreakDuration = breaks });

        story.Together(() => circuit.Fail(), () => circuit.Fail());

        RequireOneBreak(story, circuit, breaks);
    }

    [World("Two failures that both suffice open the circuit once beside a reconfiguration, by a call that returns the signal")]
    public static void BesideAReconfiguration(Story story)
    {
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1) });
        var returned = 0;

        story.Together(Fail, Fail, () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1)));

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot is { State: BreakerState.Open, SignalCount: 1 },
            $"{snapshot.SignalCount} signals: {Circuit.Numbers(snapshot)}"
        );
        story.Require(returned == 1, $"{returned} calls returned the one signal");

        void Fail()
        {
            if (circuit.Call(Verdict.Failure) is not null)
            {
                Interlocked.Increment(ref returned);
            }
        }
    }

    [World("A break that a trip and a manual call begin at once lasts as long as its signal says")]
    public static void BesideAManualTrip(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1), BreakDuration = new CountedBreak() }, recorder);

        story.Together(() => circuit.Fail(), () => circuit.Trip());

        story.Until("the listener received the signal", () => recorder.Signals.Count == 1);
        var retryAfter = circuit.Breaker.Snapshot().RetryAfter;
        story.Require(
            retryAfter == recorder.Signals[0].BreakFor,
            $"the break lasts {retryAfter}, its signal says {recorder.Signals[0].BreakFor}"
        );
    }

    private static void RequireOneBreak(Story story, Circuit circuit, CountedBreak breaks)
    {
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(
            snapshot is { State: BreakerState.Open, SignalCount: 1 },
            $"{snapshot.SignalCount} signals: {Circuit.Numbers(snapshot)}"
        );
        story.Require(breaks.Drawn == 1, $"{breaks.Drawn} breaks were drawn");
    }

    /// <summary>A break duration that grows by a second each time that it is drawn.</summary>
    private sealed class CountedBreak : BreakDuration
    {
        private int _drawn;

        public int Drawn => _drawn;

        public override TimeSpan Next(in BreakDurationContext context) => TimeSpan.FromSeconds(Interlocked.Increment(ref _drawn));
    }
}
