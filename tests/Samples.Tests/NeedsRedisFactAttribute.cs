namespace Fluxgate;

/// <summary>A test that runs only where Debian's redis-server is installed.</summary>
internal sealed class NeedsRedisFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsInstalled = new(() => ExternalTool.Works("redis-server", "--version"));

    public NeedsRedisFactAttribute()
    {
        if (!IsInstalled.Value)
        {
            Skip = "Needs redis-server on the PATH: apt-get install -y --no-install-recommends redis-server (Debian, Ubuntu)";
        }
    }
}
