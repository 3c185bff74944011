namespace Fluxgate;

/// <summary>The validated settings and options of a group. Immutable.</summary>
internal sealed class GroupRules
{
    private readonly FluxgateBreakerSettings _settings;
    private readonly IDictionary<string, FluxgateBreakerSettings> _overrides;

    /// <summary>Copies and validates settings and options.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="options">The options.</param>
    /// <param name="before">The rules that these replace; their listeners stay.</param>
    /// <exception cref="ArgumentException">Settings or options are invalid. The message names each of them.</exception>
    public GroupRules(FluxgateBreakerSettings settings, BreakerGroupOptions options, GroupRules? before = null)
    {
        (_settings, Options) = (settings.Copy(), options.Copy());
        _settings.Listeners = before?._settings.Listeners ?? _settings.Listeners;
        _overrides = Options.Overrides;
        string[] errors = [.. _settings.Errors, .. Options.Errors];
        if (errors.Length > 0)
        {
            throw new ArgumentException(
                errors is [var only] ? only : $"{RuleText.Number(errors.Length)} settings are invalid:\n- {string.Join("\n- ", errors)}"
            );
        }

        foreach (var own in _overrides.Values)
        {
            foreach (var listener in _settings.Listeners.Except(own.Listeners, ReferenceEqualityComparer.Instance).Cast<IListener>())
            {
                own.Listeners.Add(listener);
            }
        }

        // Here once, so that all breakers share one object of rules.
        Rules[] all = [_settings.ToRules(), .. _overrides.Values.Select(own => own.ToRules())];
        SlowThresholds = all.SelectMany(rules => Enumerable.Range(0, rules.SlowThresholds.Count).Select(i => rules.SlowThresholds[i]))
            .ToHashSet();
    }

    public BreakerGroupOptions Options { get; }

    /// <summary>Gets the slow-call durations of all rules.</summary>
    public IReadOnlyCollection<TimeSpan> SlowThresholds { get; }

    /// <summary>Returns the changes of options and overrides, one line for each.</summary>
    public IEnumerable<string> ChangesFrom(GroupRules before)
    {
        foreach (var change in Options.ChangesFrom(before.Options))
        {
            yield return change;
        }

        foreach (var key in before._overrides.Keys.Union(_overrides.Keys, StringComparer.Ordinal))
        {
            foreach (var change in SettingsOf(key).ToRules().ChangesFrom(before.SettingsOf(key).ToRules()))
            {
                yield return $"{BreakerGroupOptions.NameOfOverride(key)}: {change}";
            }
        }
    }

    /// <summary>Returns the settings of a key; those of the group for the shared breaker.</summary>
    public FluxgateBreakerSettings SettingsOf(string? key) => key is not null && _overrides.TryGetValue(key, out var own) ? own : _settings;

    /// <summary>Returns whether a key has settings that differ from those of the group.</summary>
    public bool HasOwnSettings(string? key) => key is not null && _overrides.ContainsKey(key);
}
