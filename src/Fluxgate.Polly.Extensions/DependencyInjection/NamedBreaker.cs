using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A breaker of the container and the settings that were applied to it last.</summary>
internal sealed class NamedBreaker
{
    private static readonly SettingsKey[] FixedAtCreation =
    [
        SettingsKey.All[nameof(FluxgateBreakerSettings.InitialState)],
        SettingsKey.All[nameof(FluxgateBreakerSettings.ListenerQueueCapacity)],
        SettingsKey.All[nameof(FluxgateBreakerSettings.ListenerFlushTimeout)],
    ];

    private readonly LogListener[] _logListeners;
    private readonly ConfigurationWarnings _warnings;
    private readonly ILogger _log;
    private volatile FluxgateBreakerSettings _settings;
    private volatile bool _isAttached;

    /// <summary>Creates the breaker. Its listeners are not called before <see cref="Attach"/>.</summary>
    public NamedBreaker(
        string name,
        FluxgateBreakerSettings settings,
        IEnumerable<IListener> listeners,
        TimeProvider timeProvider,
        ConfigurationWarnings warnings,
        ILogger log
    )
    {
        (_settings, _warnings, _log) = (settings, warnings, log);

        // A copy, because everyone who requests the options shares the settings in force.
        var copy = settings.Copy();
        copy.Listeners = [.. settings.Listeners.Concat(listeners).Distinct<IListener>(ReferenceEqualityComparer.Instance)];
        _logListeners = [.. copy.Listeners.OfType<LogListener>()];
        Breaker = FluxgateBreaker.CreateUnattached(name, copy, timeProvider);
    }

    public FluxgateBreaker Breaker { get; }

    /// <summary>Gets whether the listeners are attached. Until then the thread that created the breaker disposes it if the container is disposed.</summary>
    public bool IsAttached => _isAttached;

    public void Attach()
    {
        Breaker.Attach();
        _isAttached = true;
    }

    /// <summary>Reconfigures the breaker, unless the settings are those that were applied last.</summary>
    /// <returns><see langword="false"/> if the breaker had these settings already.</returns>
    public bool Apply(FluxgateBreakerSettings settings)
    {
        var before = _settings;
        if (ReferenceEquals(settings, before))
        {
            return false;
        }

        var changes = Breaker.Reconfigure(settings);
        if (changes.Count > 0)
        {
            if (!_logListeners.Any(log => log.LogsReconfigurations))
            {
                _log.Reconfigured(Breaker.Name, string.Join("; ", changes));
            }

            LogRuleWarnings();
        }

        _settings = settings;
        _warnings.LogOverwritten(settings);
        string[] pending =
        [
            .. FixedAtCreation
                .Select(key => (key.Name, Before: key.TextIn(before), Now: key.TextIn(settings)))
                .Where(setting => setting.Before != setting.Now)
                .Select(setting => $"{setting.Name}: {setting.Before} -> {setting.Now}"),
        ];
        if (pending.Length > 0)
        {
            _log.ChangePending(Breaker.Name, string.Join("; ", pending));
        }

        return true;
    }

    /// <summary>Logs what is allowed in the settings but likely wrong.</summary>
    public void LogWarnings()
    {
        LogRuleWarnings();
        _warnings.LogOverwritten(_settings);
    }

    private void LogRuleWarnings()
    {
        foreach (var warning in Breaker.Warnings)
        {
            _log.RuleWarning(Breaker.Name, warning);
        }
    }
}
