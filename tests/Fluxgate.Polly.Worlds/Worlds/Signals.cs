namespace Fluxgate.Worlds;

/// <summary>Rule 9: each listener receives every signal once, in order, and never two concurrently.</summary>
internal static class Signals
{
    [World("Three manual calls at once reach a listener as a chain")]
    public static void ManualCalls(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);

        story.Together(() => circuit.Trip(), () => circuit.Reset(), () => circuit.Probe());

        RequireChain(story, circuit, recorder);
    }

    [World("A trip by a call and a manual call reach two listeners as the same chain")]
    public static void TwoListeners(Story story)
    {
        var (first, second) = (new SignalRecorder(story, "first listener"), new SignalRecorder(story, "second listener"));
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1) }, first, second);

        story.Together(() => circuit.Fail(), () => circuit.Disable());

        RequireChain(story, circuit, first);
        RequireChain(story, circuit, second);
    }

    [World("A listener that causes a transition receives it after the one that it is handling")]
    public static void ListenerThatCausesATransition(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);
        recorder.Reaction = signal =>
        {
            if (signal.NewState == BreakerState.Open)
            {
                circuit.Reset();
            }
        };

        story.Together(() => circuit.Trip(), () => circuit.Probe());

        RequireChain(story, circuit, recorder);
    }

    [World("A listener that throws does not affect the next one")]
    public static void ListenerThatThrows(Story story)
    {
        var (first, second) = (new SignalRecorder(story, "first listener"), new SignalRecorder(story, "second listener"));
        first.Reaction = _ => throw new InvalidOperationException("The listener throws.");
        var circuit = new Circuit(story, new(), first, second);

        story.Together(() => circuit.Trip(), () => circuit.Reset());

        RequireChain(story, circuit, second);
    }

    [World("A signal and the notice of a reconfiguration at once reach a listener one after the other")]
    public static void SignalBesideANotice(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);

        story.Together(
            () => circuit.Trip(),
            () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1)),
            () => circuit.Disable()
        );

        RequireChain(story, circuit, recorder);
    }

    [World("No listener receives a signal before all of them are attached")]
    public static void AttachedFirst(Story story)
    {
        FluxgateBreaker? published = null;
        var (first, second) = (new SignalRecorder(story, "first listener"), new SignalRecorder(story, "second listener"));
        first.AttachedReaction = breaker => published = breaker;
        first.Reaction = _ => story.Require(second.Attached == 1, "the first listener received a signal before the second was attached");

        story.Together(
            () => _ = new Circuit(story, new(), first, second),
            () =>
            {
                story.Until("the first listener is attached", () => published is not null);
                story.Do("trip", () => published!.Trip());
            }
        );

        story.Until("both listeners received the signal", () => first.Signals.Count == 1 && second.Signals.Count == 1);
        story.Require(first.Broken is null && second.Broken is null, $"{first.Broken}{second.Broken}");
        story.Require(
            published!.Snapshot().UserErrors(UserErrorSource.Listener) == 0,
            "the first listener received a signal before the second was attached"
        );
    }

    [World("An asynchronous listener receives signals as a chain, one at a time")]
    public static void AsynchronousListener(Story story)
    {
        var received = new List<long>();
        var (isBusy, overlaps) = (false, false);
        var circuit = new Circuit(story, new(), Listener.From(Receive));

        story.Together(() => circuit.Trip(), () => circuit.Reset());

        var signals = circuit.Breaker.Snapshot().SignalCount;
        story.Until($"the listener received {signals} signals", () => received.Count >= signals);
        story.Require(!overlaps, "the listener received a signal while it handled another");
        story.Require(
            received.Select((number, index) => number == index + 1).All(inOrder => inOrder),
            $"received {string.Join(", ", received)}"
        );

        async ValueTask Receive(Signal signal, CancellationToken cancellationToken)
        {
            overlaps |= isBusy;
            isBusy = true;
            await Task.Yield();
            isBusy = false;
            received.Add(signal.SequenceNumber);
        }
    }

    private static void RequireChain(Story story, Circuit circuit, SignalRecorder recorder)
    {
        var signals = circuit.Breaker.Snapshot().SignalCount;
        story.Until($"the listener received {signals} signals", () => recorder.Signals.Count >= signals);
        story.Require(recorder.Broken is null, recorder.Broken ?? "");
        story.Require(recorder.Signals.Count == signals, $"{recorder.Signals.Count} of {signals} signals");
    }
}
