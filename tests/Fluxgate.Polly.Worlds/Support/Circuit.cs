namespace Fluxgate.Worlds;

/// <summary>One breaker on a manual clock, and the operations that worlds consist of. Each operation is logged in the story.</summary>
internal sealed class Circuit
{
    private readonly Story _story;

    public Circuit(Story story, FluxgateBreakerSettings settings, params IListener[] listeners)
    {
        _story = story;
        foreach (var listener in listeners)
        {
            settings.Listeners.Add(listener);
        }

        Breaker = new("world", settings, Clock);
    }

    public ManualClock Clock { get; } = new();

    public FluxgateBreaker Breaker { get; }

    public BreakerState State => Breaker.State;

    /// <summary>Admits calls before the threads begin. All of them are expected to be admitted.</summary>
    public Admission[] Admitted(int calls) => [.. Enumerable.Range(0, calls).Select(_ => Breaker.Admit())];

    /// <summary>Records calls before the threads begin.</summary>
    public void Recorded(Verdict verdict, int calls = 1, TimeSpan? duration = null)
    {
        for (var i = 0; i < calls; i++)
        {
            Breaker.Admit().Settle(verdict, duration);
        }
    }

    public Admission? Admit() =>
        _story.Do(
            "admit",
            () => Breaker.TryAdmit(out var admission) ? admission : null,
            admission => admission is null ? "rejected" : "admitted"
        );

    public Signal? Settle(Admission admission, Verdict verdict, TimeSpan? duration = null) =>
        _story.Do($"settle {verdict}", () => admission.Settle(verdict, duration), Text);

    public Signal? Abandon(Admission admission) => _story.Do("abandon", admission.SettleAbandoned, Text);

    /// <summary>Admits and settles a call, unless it is rejected.</summary>
    public Signal? Call(Verdict verdict, TimeSpan? duration = null) =>
        Admit() is { } admission ? Settle(admission, verdict, duration) : null;

    public void Fail(int calls = 1) => Call(Verdict.Failure, calls);

    public void Succeed(int calls = 1) => Call(Verdict.Success, calls);

    public Signal? Reset() => _story.Do("reset", () => Breaker.Reset(), Text);

    public Signal? Trip() => _story.Do("trip", () => Breaker.Trip(), Text);

    public Signal? Probe() => _story.Do("probe", () => Breaker.Probe(), Text);

    public Signal? Disable() => _story.Do("disable", () => Breaker.Disable(), Text);

    public Signal? MetricsOnly() => _story.Do("metrics only", () => Breaker.MetricsOnly(), Text);

    public void Dispose() => _story.Do("dispose", Breaker.Dispose);

    /// <summary>Changes some of the current settings.</summary>
    public void Reconfigure(Action<FluxgateBreakerSettings> change) =>
        _story.Do(
            "reconfigure",
            () =>
            {
                var settings = Breaker.CopySettings();
                change(settings);
                return string.Join("; ", Breaker.Reconfigure(settings));
            }
        );

    public BreakerSnapshot Snapshot() => _story.Do("snapshot", Breaker.Snapshot, Numbers);

    public void Pass(TimeSpan time) => _story.Do($"{time.TotalSeconds} s pass", () => Clock.Advance(time));

    public void FireTimers() => _story.Do("timers fire", Clock.FireDue);

    /// <summary>Formats the numbers of a snapshot on one line.</summary>
    public static string Numbers(BreakerSnapshot snapshot) =>
        $"{snapshot.State}, {snapshot.Successes} successes, {snapshot.Failures} failures, {snapshot.Ignored} ignored, {snapshot.Stale} stale, "
        + $"{snapshot.InFlight} in flight ({snapshot.HalfOpenInFlight} probes), window {snapshot.WindowFailures} of {snapshot.WindowRequests}, "
        + $"streak {snapshot.ConsecutiveFailures}";

    private static string Text(Signal? signal) => signal is null ? "" : $"{signal.OldState} -> {signal.NewState}, {signal.Reason}";

    private void Call(Verdict verdict, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            Call(verdict);
        }
    }
}
