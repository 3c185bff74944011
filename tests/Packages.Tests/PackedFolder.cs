using System.Reflection;

namespace Fluxgate;

/// <summary>A temporary folder with all packages, packed from the built projects and deleted at the end.</summary>
public sealed class PackedFolder : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fluxgate-packages-");

    public static string Version => Metadata("Version");

    public string Packages => Path.Combine(_root.FullName, "packages");

    public async Task InitializeAsync() =>
        await DotnetCommand.RunAsync(
            Repository.Find("tests/Packages.Tests"),
            [
                "msbuild",
                "-t:PackBuiltProjects",
                $"-p:PackedInto={Packages}",
                $"-p:Configuration={Metadata("Configuration")}",
                "-nologo",
                "-v:q",
            ]
        );

    public Task DisposeAsync()
    {
        _root.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Creates a folder beside the packages.</summary>
    public string CreateFolder(string name) => _root.CreateSubdirectory(name).FullName;

    private static string Metadata(string key) =>
        typeof(PackedFolder)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => string.Equals(metadata.Key, key, StringComparison.Ordinal))
            .Value!;
}
