namespace Fluxgate;

/// <summary>A breaker named in code, with what code says about it.</summary>
internal sealed class CodeSource(string name, Action<FluxgateBreakerSettings>? configure) : SettingsSource
{
    public override IEnumerable<string> Names => [name];

    public override string OnlyFor => name;

    public override void Apply(string asked, FluxgateBreakerSettings settings, SettingsReading reading) => configure?.Invoke(settings);
}
