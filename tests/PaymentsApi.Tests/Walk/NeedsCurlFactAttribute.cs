namespace Fluxgate;

/// <summary>A test that runs <c>curl</c> in <c>bash</c> as a reader does; skipped with the command to install them where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsCurlFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Is = new(() =>
        ExternalTool.Works("curl", "--version") && ExternalTool.Works("bash", "-c", "sed --version")
    );

    public NeedsCurlFactAttribute()
    {
        if (!Is.Value)
        {
            Skip = "Needs bash, GNU sed and curl on the PATH: apt-get install -y --no-install-recommends curl (Debian, Ubuntu)";
        }
    }
}
