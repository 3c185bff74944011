using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A breaker or a group of the container, and the settings that were applied to it last.</summary>
/// <param name="name">The name of its settings (see <see cref="GroupNames"/>).</param>
/// <param name="settings">The settings.</param>
/// <param name="warnings">Logs the values of the configuration that code overwrites.</param>
/// <param name="log">The log.</param>
internal abstract class NamedCircuit(string name, FluxgateBreakerSettings settings, ConfigurationWarnings warnings, ILogger log)
{
    private static readonly SettingsKey[] FixedAtCreation =
    [
        SettingsKey.All[nameof(FluxgateBreakerSettings.InitialState)],
        SettingsKey.All[nameof(FluxgateBreakerSettings.ListenerQueueCapacity)],
        SettingsKey.All[nameof(FluxgateBreakerSettings.ListenerFlushTimeout)],
    ];

    private volatile FluxgateBreakerSettings _settings = settings;
    private volatile bool _isAttached;

    public string Name => name;

    /// <summary>Gets whether the listeners are attached. Until then the thread that created the circuit disposes it if the container is disposed.</summary>
    public bool IsAttached => _isAttached;

    protected ILogger Log => log;

    protected abstract IReadOnlyList<string> RuleWarnings { get; }

    public void Attach()
    {
        AttachListeners();
        _isAttached = true;
    }

    /// <summary>Reconfigures the circuit, unless the settings are those that were applied last.</summary>
    /// <returns><see langword="false"/> if the circuit had these settings already.</returns>
    public bool Apply(FluxgateBreakerSettings settings)
    {
        var before = _settings;
        if (ReferenceEquals(settings, before))
        {
            return false;
        }

        Reconfigure(settings);
        _settings = settings;
        warnings.LogOverwritten(settings);
        string[] pending =
        [
            .. FixedAtCreation
                .Select(key => (key.Name, Before: key.TextIn(before), Now: key.TextIn(settings)))
                .Where(setting => setting.Before != setting.Now)
                .Select(setting => $"{setting.Name}: {setting.Before} -> {setting.Now}"),
        ];
        if (pending.Length > 0)
        {
            LogPending(string.Join("; ", pending));
        }

        return true;
    }

    /// <summary>Logs what is allowed in the settings but likely wrong.</summary>
    public void LogWarnings()
    {
        LogRuleWarnings();
        warnings.LogOverwritten(_settings);
    }

    public abstract ValueTask DisposeAsync();

    protected abstract void AttachListeners();

    /// <summary>Applies settings, and logs the changes.</summary>
    protected abstract void Reconfigure(FluxgateBreakerSettings settings);

    /// <summary>Logs changes that do not take effect in breakers that exist.</summary>
    protected abstract void LogPending(string changes);

    /// <summary>Returns listeners without duplicates: those of the settings first.</summary>
    protected static ListenerCollection Join(FluxgateBreakerSettings settings, IEnumerable<IListener> listeners) =>
        [.. settings.Listeners.Concat(listeners).Distinct<IListener>(ReferenceEqualityComparer.Instance)];

    /// <summary>Returns whether one of the listeners logs reconfigurations.</summary>
    protected static bool AreReconfigurationsLogged(IEnumerable<IListener> listeners) =>
        listeners.OfType<LogListener>().Any(log => log.LogsReconfigurations);

    protected void LogRuleWarnings()
    {
        foreach (var warning in RuleWarnings)
        {
            log.RuleWarning(Name, warning);
        }
    }
}
