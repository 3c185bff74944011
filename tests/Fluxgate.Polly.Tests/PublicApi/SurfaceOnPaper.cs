using System.Reflection;

namespace Fluxgate;

/// <summary>
/// The public surface of each project in <c>src</c> is written down in its <c>PublicApi.txt</c>, so that no member appears or vanishes
/// unnoticed. Both targets are held to the one file. After a change that is meant:
/// <code>FLUXGATE_ACCEPT_API=1 dotnet test tests/Fluxgate.Polly.Tests --filter SurfaceOnPaper</code>
/// writes the files anew; their difference is then part of the change.
/// </summary>
public sealed class SurfaceOnPaper
{
    private const string Accept = "FLUXGATE_ACCEPT_API";

    public static TheoryData<string> Projects() =>
        [.. Directory.GetFiles(Repository.Find("src"), "*.csproj", SearchOption.AllDirectories).Select(NameOf).Order()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_assembly_shows_what_its_file_says(string project)
    {
        var file = Repository.Find($"src/{project}/PublicApi.txt");
        var surface = Surface.Of(Assembly.Load(project));
        if (Environment.GetEnvironmentVariable(Accept) == "1" && (!File.Exists(file) || File.ReadAllText(file) != surface))
        {
            File.WriteAllText(file, surface);
        }

        Assert.True(File.Exists(file), $"src/{project} has no PublicApi.txt. Run the tests with {Accept}=1 to write it.");
        var changes = LineDifference.Between(File.ReadAllText(file).ReplaceLineEndings("\n"), surface);
        Assert.True(
            changes.Count == 0,
            $"The public surface of {project} is not the one in its PublicApi.txt:\n{string.Join('\n', changes)}\nWhere this is meant, run the tests with {Accept}=1 and commit the file."
        );
    }

    [Fact]
    public void The_tests_run_on_the_assets_of_their_own_target()
    {
        static string? TargetOf(Assembly assembly) =>
            assembly.GetCustomAttribute<System.Runtime.Versioning.TargetFrameworkAttribute>()?.FrameworkName;

        Assert.Equal(TargetOf(typeof(SurfaceOnPaper).Assembly), TargetOf(typeof(FluxgateBreaker).Assembly));
    }

    private static string NameOf(string project) => Path.GetFileNameWithoutExtension(project)!;
}
