namespace Fluxgate;

/// <summary>What code says about every breaker.</summary>
internal sealed class CodeDefaults(Action<FluxgateBreakerSettings> configure) : SettingsSource
{
    public override void ApplyDefaults(FluxgateBreakerSettings settings, SettingsReading reading) => configure(settings);
}
