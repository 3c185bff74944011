namespace Fluxgate;

/// <summary>A source of settings: one call on <see cref="FluxgateBuilder"/>. The container holds the sources in the order of the calls.</summary>
/// <param name="Name">The breaker that code names and configures, or <see langword="null"/> if the source may apply to every breaker.</param>
/// <param name="Configure">The callback that changes the settings.</param>
/// <param name="Section">The configuration section that the settings are read from.</param>
internal sealed record SettingsSource(
    string? Name = null,
    Action<FluxgateBreakerSettings>? Configure = null,
    SettingsSection? Section = null
);
