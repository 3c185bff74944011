namespace Fluxgate;

/// <summary>A test that runs node; skipped with the command to install it where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsNodeFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Works = new(() => ExternalTool.Works("node", "--version"));

    public NeedsNodeFactAttribute() =>
        Skip = Works.Value
            ? null
            : "Needs node 20.19 or later on the PATH: apt-get install -y --no-install-recommends nodejs (Debian, Ubuntu)";
}
