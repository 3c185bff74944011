namespace Fluxgate;

/// <summary>A test that parses pages with the Prometheus client for Python; skipped with the command to install it where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsPythonClientFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Is = new(() =>
        ExternalTool.Works(PythonClient.Python, "-c", "import prometheus_client.openmetrics.parser")
    );

    public NeedsPythonClientFactAttribute()
    {
        if (!Is.Value)
        {
            Skip =
                $"Needs prometheus_client for {PythonClient.Python}: apt-get install -y --no-install-recommends python3-prometheus-client (Debian, Ubuntu)";
        }
    }
}
