namespace Fluxgate;

/// <summary>Copies of settings that one breaker gets, and what a live one cannot take on.</summary>
internal static class SettingsCopies
{
    /// <summary>The same settings with further listeners. Settings in force are shared by all who ask for the options, so they are not touched.</summary>
    public static FluxgateBreakerSettings With(this FluxgateBreakerSettings settings, IEnumerable<IListener> listeners)
    {
        var copy = new FluxgateBreakerSettings
        {
            Window = settings.Window,
            Tripper = settings.Tripper,
            BreakDuration = settings.BreakDuration,
            Permit = settings.Permit,
            Recovery = settings.Recovery,
            ProbeLease = settings.ProbeLease,
            ProbeWithoutTraffic = settings.ProbeWithoutTraffic,
            InitialState = settings.InitialState,
            ListenerQueueCapacity = settings.ListenerQueueCapacity,
            ListenerFlushTimeout = settings.ListenerFlushTimeout,
            Randomizer = settings.Randomizer,
        };
        foreach (var listener in settings.Listeners.Concat(listeners).Distinct(ReferenceEqualityComparer.Instance).Cast<IListener>())
        {
            copy.Listeners.Add(listener);
        }

        return copy;
    }

    /// <summary>What changed of the settings that hold from a breaker's beginning, one line a setting. Listeners are made anew with all settings, and are not compared.</summary>
    public static IEnumerable<string> WaitingChanges(FluxgateBreakerSettings before, FluxgateBreakerSettings now)
    {
        if (before.InitialState != now.InitialState)
        {
            yield return $"InitialState: {before.InitialState.ToLabel()} -> {now.InitialState.ToLabel()}";
        }

        if (before.ListenerQueueCapacity != now.ListenerQueueCapacity)
        {
            yield return $"ListenerQueueCapacity: {RuleText.Number(before.ListenerQueueCapacity)} -> {RuleText.Number(now.ListenerQueueCapacity)}";
        }

        if (before.ListenerFlushTimeout != now.ListenerFlushTimeout)
        {
            yield return $"ListenerFlushTimeout: {before.ListenerFlushTimeout} -> {now.ListenerFlushTimeout}";
        }
    }
}
