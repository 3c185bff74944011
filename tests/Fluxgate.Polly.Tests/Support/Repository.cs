using System.Reflection;

namespace Fluxgate;

/// <summary>The files that this build was made from.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "RepositoryRoot")
            .Value!;

    /// <summary>A path below the root, of names joined by <c>/</c>.</summary>
    public static string Find(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Find(path)).ReplaceLineEndings("\n");
}
