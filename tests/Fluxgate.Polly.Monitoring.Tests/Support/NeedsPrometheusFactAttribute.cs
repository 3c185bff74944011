namespace Fluxgate;

/// <summary>A test that runs Prometheus' own programs; skipped, with a word on how to get them, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsPrometheusFactAttribute : FactAttribute
{
    public NeedsPrometheusFactAttribute() => Skip = KitTools.Missing;
}
