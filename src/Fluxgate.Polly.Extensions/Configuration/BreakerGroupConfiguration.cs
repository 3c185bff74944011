namespace Fluxgate;

/// <summary>The settings and options of a group, which <see cref="FluxgateBuilder.AddBreakerGroup(string, Action{BreakerGroupConfiguration})"/> changes.</summary>
/// <remarks>Not thread-safe. The container creates it again for each reload.</remarks>
public sealed class BreakerGroupConfiguration
{
    private readonly List<(string Key, Action<FluxgateBreakerSettings> Configure)> _changes = [];

    internal BreakerGroupConfiguration(FluxgateBreakerSettings settings) => Settings = settings;

    /// <summary>Gets the settings of each breaker of the group, after the previous calls and the configuration.</summary>
    public FluxgateBreakerSettings Settings { get; }

    /// <summary>Gets the options of the group, after the previous calls and the configuration.</summary>
    /// <value>
    /// Settings in <see cref="BreakerGroupOptions.Overrides"/> replace all settings of the group for their key; prefer <see cref="Configure"/>, which
    /// changes some.
    /// </value>
    public BreakerGroupOptions Options { get; } = new();

    /// <summary>Changes the settings of one key.</summary>
    /// <param name="key">The key. Keys are compared by their characters.</param>
    /// <param name="configure">
    /// Changes a copy of the settings of the group, after everything has configured these: the calls for the group that follow,
    /// the configuration, and the options of .NET. The copy has no listeners; those of the group are attached as well. Calls for one key add to
    /// each other, and to <c>Overrides</c> of the configuration, in the order of the calls.
    /// </param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public void Configure(string key, Action<FluxgateBreakerSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(configure);
        _changes.Add((key, configure));
    }

    /// <summary>Applies the changes for single keys to the final settings of the group.</summary>
    internal void ApplyChanges()
    {
        foreach (var changes in _changes.GroupBy(change => change.Key, change => change.Configure, StringComparer.Ordinal))
        {
            // A copy of what code passes too, because it may pass the same object at each reload.
            var own = SettingsReadResult.CopyOf(
                Options.Overrides.TryGetValue(changes.Key, out var given) && given is not null ? given : Settings
            );
            if (given is null)
            {
                // The group attaches its own listeners.
                own.Listeners = [];
            }

            foreach (var change in changes)
            {
                change(own);
            }

            Options.Overrides[changes.Key] = own;
        }

        _changes.Clear();
    }
}
