using System.Reflection;

namespace Fluxgate;

/// <summary>The files of the repository that this build was made from.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "RepositoryRoot")
            .Value!;

    /// <summary>Returns the full path of a path below the root, with <c>/</c> between names.</summary>
    public static string Find(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Find(path)).ReplaceLineEndings("\n");
}
