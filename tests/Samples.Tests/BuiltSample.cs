namespace Fluxgate;

/// <summary>Finds the programs of the samples, built as this project is.</summary>
internal static class BuiltSample
{
    // As users run them: in a folder that several programs share, one would find what another one has of a framework.
    private static readonly string OwnOutput = Path.Combine(
        AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..]
    );

    public static string PathOf(string sample) => PathOf($"samples/{sample}", $"{sample}.dll");

    public static string PathOf(string project, string assembly) => Path.Combine(Repository.Find($"{project}/bin"), OwnOutput, assembly);
}
