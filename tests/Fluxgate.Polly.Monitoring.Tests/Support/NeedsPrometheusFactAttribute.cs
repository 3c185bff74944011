namespace Fluxgate;

/// <summary>A test that runs Prometheus, promtool or Alertmanager; skipped with the command to install them where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsPrometheusFactAttribute : FactAttribute
{
    public NeedsPrometheusFactAttribute() => Skip = KitTools.Missing;
}
