namespace Fluxgate;

/// <summary>A test that runs <c>curl</c> in <c>bash</c> as a reader does; skipped, saying how to get them, where they are not.</summary>
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
