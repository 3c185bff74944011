using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>Checks the packages that users get.</summary>
public sealed partial class Packages(PackedFolder packed) : IClassFixture<PackedFolder>
{
    private IEnumerable<string> Paths => Directory.GetFiles(packed.Packages, "*.nupkg").Order(StringComparer.Ordinal);

    [Fact]
    public void The_dependencies_and_files_are_those_of_the_list()
    {
        var actual = Directory.GetFiles(packed.Packages).SelectMany(PackageContents.Of).Order(StringComparer.Ordinal);
        var changes = LineDifference.Between(
            Repository.Read("tests/Packages.Tests/PackageContents.txt"),
            string.Concat(actual.Select(fact => fact + "\n"))
        );
        Assert.True(
            changes.Count == 0,
            $"The packages are not what tests/Packages.Tests/PackageContents.txt lists:\n{string.Join('\n', changes)}\nWhere this is meant, change the file."
        );
    }

    [Fact]
    public void Each_package_has_a_description_and_tags() =>
        Assert.All(
            Paths,
            path => Assert.All(["description", "tags", "authors"], key => Assert.NotEmpty(PackageContents.Described(path, key)))
        );

    [Fact]
    public void Links_in_package_readmes_are_absolute() =>
        Assert.All(
            Paths.SelectMany(path => Link.Matches(Readme(path)).Select(link => link.Groups["target"].Value)),
            target => Assert.StartsWith("https://", target, StringComparison.Ordinal)
        );

    [Fact]
    public void Code_in_package_readmes_is_in_the_application()
    {
        var application = Lines(Repository.Read("tests/Packages.Tests/Application/Program.cs"));
        Assert.All(
            Paths,
            path => Assert.Contains(Lines(Block.Matches(Readme(path)).Single().Groups["code"].Value), application, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_application_builds_and_runs_with_the_packages_alone()
    {
        var folder = packed.CreateFolder("application");
        foreach (var file in Directory.GetFiles(Repository.Find("tests/Packages.Tests/Application")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        await BuildAsync(folder);
        foreach (var (target, framework) in new[] { ("net8.0", "v8.0"), ("net10.0", "v10.0") })
        {
            var output = Path.Combine(folder, "bin", "Debug", target);
            Assert.Equal(
                """
                payments: closed -> open (FailureStreak 5 >= 5)
                rejected: FailureStreak 5 >= 5
                page: circuit_breaker_state{circuit_name="stock",state="open"} 1
                health: Degraded
                prometheus-net: circuit_breaker_state{circuit_name="orders",state="open"} 1
                fleet: shop
                gRPC: Unavailable, audit
                .NETCoreApp,Version=
                """.ReplaceLineEndings("\n") + framework,
                (await DotnetCommand.RunAsync(output, ["Application.dll"])).ReplaceLineEndings("\n").TrimEnd()
            );
        }
    }

    // Other packages may come from the machine's cache, those of Fluxgate only from the folder: an empty cache contains no stale ones.
    private async Task BuildAsync(string folder)
    {
        var others = packed.CreateFolder("others");
        var cache = (await DotnetCommand.RunAsync(folder, ["nuget", "locals", "global-packages", "--list", "--force-english-output"]))
            .Split(": ", 2)[1]
            .Trim();
        foreach (var package in Directory.GetDirectories(cache).Where(package => !IsOurs(package)))
        {
            Directory.CreateSymbolicLink(Path.Combine(others, Path.GetFileName(package)), package);
        }

        await DotnetCommand.RunAsync(
            folder,
            [
                "build",
                "--disable-build-servers",
                "-m:1",
                "-p:RunAnalyzers=false",
                $"-p:FluxgateVersion={PackedFolder.Version}",
                $"-p:RestoreAdditionalProjectSources={packed.Packages}",
                $"-p:RestoreAdditionalProjectFallbackFolders={others}",
                "-nologo",
                "-v:q",
            ],
            ("NUGET_PACKAGES", packed.CreateFolder("cache"))
        );
    }

    private static bool IsOurs(string package) => Path.GetFileName(package).StartsWith("fluxgate.", StringComparison.OrdinalIgnoreCase);

    private static string Readme(string path) => PackageContents.Text(path, "README.md") ?? "";

    private static string Lines(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !Using.IsMatch(line)));

    [GeneratedRegex(@"\]\((?<target>[^)]*)\)", RegexOptions.None, 1000)]
    private static partial Regex Link { get; }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Block { get; }

    [GeneratedRegex(@"^using [\w.]+;$", RegexOptions.None, 1000)]
    private static partial Regex Using { get; }
}
