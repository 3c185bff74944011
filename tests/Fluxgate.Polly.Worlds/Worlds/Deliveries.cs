namespace Fluxgate.Worlds;

/// <summary>Rule 9: a call delivers for a bounded time, also while others add signals.</summary>
internal static class Deliveries
{
    private const int Transitions = 60;
    private static readonly TimeSpan TimeOfAListener = TimeSpan.FromSeconds(1);

    [World("One call does not deliver all signals that a listener adds while it delivers")]
    public static void ListenerThatAddsSignals(Story story)
    {
        var deliveredByTheCall = 0;
        var isInTheCall = false;
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);
        var caller = Environment.CurrentManagedThreadId;
        recorder.Reaction = signal =>
        {
            // The clock advances too, for a delivery that is bounded by time.
            circuit.Clock.Advance(TimeOfAListener);
            if (isInTheCall && Environment.CurrentManagedThreadId == caller)
            {
                deliveredByTheCall++;
            }

            if (signal.SequenceNumber < Transitions)
            {
                _ = signal.NewState == BreakerState.Open ? circuit.Breaker.Reset() : circuit.Breaker.Trip();
            }
        };

        isInTheCall = true;
        circuit.Trip();
        isInTheCall = false;

        story.Until($"the listener received {Transitions} signals", () => recorder.Signals.Count == Transitions);
        story.Require(
            deliveredByTheCall < Transitions,
            $"one call delivered {deliveredByTheCall} signals, which took {deliveredByTheCall} s"
        );
        story.Require(recorder.Broken is null, recorder.Broken ?? "");
    }

    [World("A call returns although a listener reads a throwing window on each notice")]
    public static void ListenerWithAFailingWindow(Story story)
    {
        var circuit = new Circuit(story, new() { Window = new FailingWindow(), Tripper = Tripper.FailureStreak(10) }, new Reader());

        story.Together(() => circuit.Fail(), () => circuit.Fail());
    }

    /// <summary>A listener that takes a snapshot for each notice.</summary>
    private sealed class Reader : ICircuitListener
    {
        private FluxgateBreaker? _breaker;

        public void OnAttached(FluxgateBreaker breaker) => _breaker = breaker;

        public void OnSignal(Signal signal) { }

        public void OnNotice(Notice notice) => _breaker!.Snapshot();
    }

    /// <summary>A window whose reads throw.</summary>
    private sealed class FailingWindow : Window
    {
        public override WindowState Start(WindowContext context) => new State();

        private sealed class State : WindowState
        {
            public override void Record(in CallCounts call) { }

            public override CallCounts Read() => throw new InvalidOperationException("The window cannot be read.");
        }
    }
}
