using System.IO.Compression;
using System.Xml.Linq;

namespace Fluxgate;

/// <summary>Lists the contents and dependencies of a package, one fact a line.</summary>
internal static class PackageContents
{
    private static readonly string[] Headers = ["license", "readme", "icon"];

    public static IReadOnlyList<string> Of(string path)
    {
        using var package = ZipFile.OpenRead(path);
        var nuspec = Nuspec(package);
        var name = Path.GetFileName(path).Replace($".{PackedFolder.Version}.", ".", StringComparison.Ordinal);
        return
        [
            .. RequirementsOf(nuspec)
                .Concat(package.Entries.Select(entry => entry.FullName).Where(IsOurs).Select(file => $"file {file}"))
                .Select(fact => $"{name}: {fact}"),
        ];
    }

    // A package of symbols repeats the dependencies of its package and is not restored.
    private static IEnumerable<string> RequirementsOf(XDocument nuspec) =>
        Named(nuspec, "packageType").Any()
            ? []
            : Headers
                .SelectMany(key => Named(nuspec, key).Select(element => $"{key} {element.Value}"))
                .Concat(Named(nuspec, "group").SelectMany(Dependencies));

    /// <summary>Reads a text file of a package, or returns <see langword="null"/> if it has none of this name.</summary>
    public static string? Text(string path, string file)
    {
        using var package = ZipFile.OpenRead(path);
        if (package.GetEntry(file) is not { } entry)
        {
            return null;
        }

        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Reads an element of a package's description.</summary>
    public static string Described(string path, string key)
    {
        using var package = ZipFile.OpenRead(path);
        return Value(Nuspec(package), key);
    }

    private static IEnumerable<string> Dependencies(XElement group)
    {
        var target = group.Attribute("targetFramework")?.Value;
        return group
            .Elements()
            .Select(needed =>
                needed.Name.LocalName == "dependency"
                    ? $"{target} needs {needed.Attribute("id")?.Value} {needed.Attribute("version")?.Value.Replace(PackedFolder.Version, "of this version", StringComparison.Ordinal)}"
                    : $"{target} needs the framework {needed.Attribute("name")?.Value}"
            );
    }

    // The rest belongs to the package format.
    private static bool IsOurs(string file) =>
        !file.StartsWith("_rels/", StringComparison.Ordinal)
        && !file.StartsWith("package/services/", StringComparison.Ordinal)
        && file != "[Content_Types].xml"
        && Path.GetExtension(file) != ".nuspec";

    private static XDocument Nuspec(ZipArchive package)
    {
        using var stream = package.Entries.Single(entry => Path.GetExtension(entry.FullName) == ".nuspec").Open();
        return XDocument.Load(stream);
    }

    private static IEnumerable<XElement> Named(XDocument nuspec, string name) =>
        nuspec.Descendants().Where(element => element.Name.LocalName == name);

    private static string Value(XDocument nuspec, string name) => Named(nuspec, name).SingleOrDefault()?.Value ?? "";
}
