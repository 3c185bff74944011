namespace Fluxgate;

/// <summary>One use of a type: by a file of one folder, of a type that another folder declares.</summary>
internal sealed record Arrow(string From, string To, string Type)
{
    public string FromFolder => FolderOf(From);

    public string ToFolder => FolderOf(To);

    private static string FolderOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder.Replace('\\', '/') : ".";
}
