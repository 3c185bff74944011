using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Fluxgate;

/// <summary>No namespace of any project begins with Fluxgate.Polly, which would hide Polly; this includes projects that no test references.</summary>
public sealed partial class ProjectNamespaces
{
    private static readonly string[] Folders = ["src", "tests", "samples"];

    [Fact]
    public void Every_project_has_a_root_namespace_that_does_not_hide_Polly()
    {
        Assert.Equal("Fluxgate", Assert.Single(RootNamespaces(Repository.Find("Directory.Build.props"))));

        // The default root namespace of a project is its name: a properties file that does not import the next one above would cause that.
        Assert.All(
            Files("Directory.Build.props"),
            file => Assert.Contains("GetPathOfFileAbove('Directory.Build.props'", File.ReadAllText(file), StringComparison.Ordinal)
        );
        var projects = Files("*.csproj").ToArray();
        Assert.Contains(projects, project => project.EndsWith("Fluxgate.Polly.PrometheusNet.csproj", StringComparison.Ordinal));
        Assert.Contains(projects, project => project.EndsWith("Published.csproj", StringComparison.Ordinal));
        Assert.DoesNotContain(projects.Concat(Files("*.props")).Concat(Files("*.targets")).SelectMany(RootNamespaces), HidesPolly);
    }

    [Fact]
    public void No_source_file_declares_a_namespace_that_hides_Polly()
    {
        var declared = Files("*.cs")
            .SelectMany(file =>
                Declaration().Matches(File.ReadAllText(file)).Select(match => (file, Namespace: match.Groups["name"].Value))
            )
            .ToArray();

        Assert.Contains(declared, one => one.Namespace == "Fluxgate");
        Assert.Contains(declared, one => one.Namespace == "Polly");
        Assert.DoesNotContain(declared, one => HidesPolly(one.Namespace));
    }

    [Theory]
    [InlineData("Fluxgate.Polly", true)]
    [InlineData("Fluxgate.Polly.Prometheus", true)]
    [InlineData("Fluxgate.PollyTests", false)]
    [InlineData("Fluxgate", false)]
    public void A_namespace_hides_Polly_if_it_begins_with_Fluxgate_Polly(string name, bool hides) => Assert.Equal(hides, HidesPolly(name));

    private static bool HidesPolly(string name) => $"{name}.".StartsWith("Fluxgate.Polly.", StringComparison.Ordinal);

    private static IEnumerable<string> RootNamespaces(string file) =>
        XDocument.Load(file).Descendants("RootNamespace").Select(element => element.Value);

    private static IEnumerable<string> Files(string pattern) =>
        Folders
            .SelectMany(folder => Directory.GetFiles(Repository.Find(folder), pattern, SearchOption.AllDirectories))
            .Where(file => !Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar).Any(IsOutput))
            .Order(StringComparer.Ordinal);

    private static bool IsOutput(string folder) => folder is "bin" or "obj" or "node_modules";

    [GeneratedRegex(@"^[ \t]*namespace[ \t]+(?<name>[\w.]+)", RegexOptions.Multiline, 10_000)]
    private static partial Regex Declaration();
}
