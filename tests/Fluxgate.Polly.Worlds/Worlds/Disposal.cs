namespace Fluxgate.Worlds;

/// <summary>Rule 9: disposal ends delivery, and nothing comes after <see cref="IListener.OnDetached"/>.</summary>
internal static class Disposal
{
    [World("No signal comes after OnDetached, nor does OnDetached come during OnSignal")]
    public static void BesideTransitions(Story story)
    {
        var memory = new Memory(story);
        var circuit = new Circuit(story, new(), memory);

        story.Together(circuit.Dispose, () => circuit.Trip(), () => circuit.Reset());

        RequireDetached(story, memory);
    }

    [World("No signal of a call that trips the circuit comes after OnDetached")]
    public static void BesideATrip(Story story)
    {
        var memory = new Memory(story);
        var circuit = new Circuit(story, new() { Tripper = Tripper.FailureStreak(1) }, memory);

        story.Together(circuit.Dispose, () => circuit.Fail());

        RequireDetached(story, memory);
    }

    [World("No notice comes after OnDetached")]
    public static void BesideAReconfiguration(Story story)
    {
        var memory = new Memory(story);
        var circuit = new Circuit(story, new(), memory);

        story.Together(circuit.Dispose, () => circuit.Reconfigure(settings => settings.ProbeLease = TimeSpan.FromSeconds(1)));

        RequireDetached(story, memory);
    }

    [World("Two disposals at once detach a listener once")]
    public static void Twice(Story story)
    {
        var memory = new Memory(story);
        var circuit = new Circuit(story, new(), memory);

        story.Together(circuit.Dispose, circuit.Dispose, () => circuit.Trip());

        RequireDetached(story, memory);
    }

    [World("A listener receives before OnDetached what happened before the disposal began")]
    public static void HearsWhatHappenedBefore(Story story)
    {
        var memory = new Memory(story);
        var circuit = new Circuit(story, new(), memory);
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

        RequireDetached(story, memory);
        story.Require(memory.Signals.Count >= before, $"{memory.Signals.Count} of the {before} signals before the disposal");
    }

    [World("No timer is left after a disposal beside a reconfiguration that asks for one")]
    public static void TimerOfAReconfiguration(Story story)
    {
        var circuit = new Circuit(story, new());

        story.Together(circuit.Dispose, () => circuit.Reconfigure(settings => settings.ProbeWithoutTraffic = true));

        story.Require(circuit.Clock.Timers == 0, $"{circuit.Clock.Timers} timers are left");
    }

    private static void RequireDetached(Story story, Memory memory)
    {
        story.Until("the listener is detached", () => memory.Detached > 0);
        story.Require(memory.Broken is null, memory.Broken ?? "");
        story.Require(memory.Detached == 1, $"detached {memory.Detached} times");
    }
}
