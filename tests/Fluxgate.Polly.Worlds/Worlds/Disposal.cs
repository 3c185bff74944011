namespace Fluxgate.Worlds;

/// <summary>Rule 9: disposal ends delivery, and nothing is delivered after <see cref="IListener.OnDetached"/>.</summary>
internal static class Disposal
{
    [World("No signal is delivered after OnDetached, and OnDetached is not called during OnSignal")]
    public static void BesideTransitions(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);

        story.Together(circuit.Dispose, () => circuit.Trip(), () => circuit.Reset());

        RequireDetached(story, recorder);
    }

    [World("No signal of a call that trips the circuit is delivered after OnDetached")]
    public static void BesideATrip(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1) }, recorder);

        story.Together(circuit.Dispose, () => circuit.Fail());

        RequireDetached(story, recorder);
    }

    [World("No notice is delivered after OnDetached")]
    public static void BesideAReconfiguration(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);

        story.Together(circuit.Dispose, () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1)));

        RequireDetached(story, recorder);
    }

    [World("Two disposals at once detach a listener once")]
    public static void Twice(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);

        story.Together(circuit.Dispose, circuit.Dispose, () => circuit.Trip());

        RequireDetached(story, recorder);
    }

    [World("A listener receives before OnDetached what happened before the disposal began")]
    public static void ReceivesEarlierSignals(Story story)
    {
        var recorder = new SignalRecorder(story);
        var circuit = new Circuit(story, new(), recorder);
        var before = 0L;

        story.Together(
            () =>
            {
                circuit.Trip();
                before = circuit.Breaker.Snapshot().SignalCount;
                circuit.Dispose();
            },
            () => circuit.Reset()
        );

        story.Until("the listener is detached", () => recorder.Detached > 0);
        story.Require(
            recorder.SignalsBeforeDetached >= before,
            $"{recorder.SignalsBeforeDetached} of the {before} signals before the disposal"
        );
    }

    [World("An asynchronous listener is detached after its last signal, beside a transition")]
    public static void AsynchronousListener(Story story)
    {
        var listener = new Recorder(story);
        var circuit = new Circuit(story, new(), listener);

        story.Together(circuit.Dispose, () => circuit.Trip());

        story.Until("the listener is detached", () => listener.IsDetached);
        story.Require(listener.Broken is null, listener.Broken ?? "");
    }

    [World("No timer is left after a disposal beside a reconfiguration that requests one")]
    public static void TimerOfAReconfiguration(Story story)
    {
        var circuit = new Circuit(story, new());

        story.Together(circuit.Dispose, () => circuit.Reconfigure(settings => settings.ProbeWithoutTraffic = true));

        story.Require(circuit.Clock.Timers == 0, $"{circuit.Clock.Timers} timers are left");
    }

    private static void RequireDetached(Story story, SignalRecorder recorder)
    {
        story.Until("the listener is detached", () => recorder.Detached > 0);
        story.Require(recorder.Broken is null, recorder.Broken ?? "");
        story.Require(recorder.Detached == 1, $"detached {recorder.Detached} times");
    }

    /// <summary>An asynchronous listener that requires that nothing is delivered after it is detached.</summary>
    private sealed class Recorder(Story story) : IAsyncCircuitListener
    {
        public bool IsDetached { get; private set; }

        public string? Broken { get; private set; }

        public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
        {
            story.Note($"asynchronous listener begins signal {signal.SequenceNumber}");
            await Task.Yield();
            story.Note($"asynchronous listener ends signal {signal.SequenceNumber}");
            if (IsDetached)
            {
                Broken ??= $"signal {signal.SequenceNumber} after OnDetached";
            }
        }

        public void OnDetached(FluxgateBreaker breaker)
        {
            story.Note("asynchronous listener is detached");
            IsDetached = true;
        }
    }
}
