namespace Fluxgate;

/// <summary>A test that runs <c>prometheus</c> or <c>promtool</c>; skipped with the command to install them where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsPrometheusFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Is = new(() =>
        ExternalTool.Works("promtool", "--version") && ExternalTool.Works("prometheus", "--version")
    );

    public NeedsPrometheusFactAttribute()
    {
        if (!Is.Value)
        {
            Skip = "Needs prometheus and promtool on the PATH: apt-get install -y --no-install-recommends prometheus (Debian, Ubuntu)";
        }
    }
}
