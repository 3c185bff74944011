using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>A key of a section with the value of the last provider that sets it, and the error messages about it.</summary>
internal sealed class SettingsNode(string key, string path)
{
    private const int MaxTextLength = 200;

    private Dictionary<string, SettingsNode>? _children;

    public string Key => key;

    public string Path => path;

    public string? Value { get; private set; }

    /// <summary>Gets the unavailable file that the value was read from, or <see langword="null"/> if a provider supplies it now.</summary>
    public UnavailableFile? RetainedFrom { get; private set; }

    public bool HasChildren => _children is not null;

    public bool IsEmpty => Value is null && !HasChildren;

    /// <summary>Gets the children in the order in which .NET sorts keys.</summary>
    public IEnumerable<SettingsNode> Children =>
        _children is null ? [] : _children.Values.OrderBy(child => child.Key, ConfigurationKeyComparer.Instance);

    /// <summary>Returns text for a message: its first 200 characters.</summary>
    public static string Shorten(string text) => text.Length <= MaxTextLength ? text : $"{text[..MaxTextLength]}…";

    public SettingsNode? Find(string name) => _children?.GetValueOrDefault(name);

    /// <summary>Lists this key and those below it whose value was read from a file that is unavailable.</summary>
    public IEnumerable<(string Path, UnavailableFile File)> Retained()
    {
        if (RetainedFrom is not null)
        {
            yield return (path, RetainedFrom);
        }

        foreach (var retained in Children.SelectMany(child => child.Retained()))
        {
            yield return retained;
        }
    }

    /// <summary>Sets the value of a layer, over those of earlier layers. The first layer that names a key determines its spelling.</summary>
    public void Set(string relativePath, string? value, UnavailableFile? retainedFrom)
    {
        var node = this;
        if (relativePath.Length > 0)
        {
            foreach (var part in relativePath.Split(ConfigurationPath.KeyDelimiter))
            {
                node = node.Child(part);
            }
        }

        (node.Value, node.RetainedFrom) = (value, retainedFrom);
    }

    /// <summary>Returns the error message for a value that is invalid.</summary>
    /// <param name="expected">The expected format, as a sentence.</param>
    public string Invalid(string expected) => $"{path}: '{Shorten(Value ?? "")}' is invalid. {expected}";

    /// <summary>Returns the error message for a key that does not exist.</summary>
    public string Unknown(IEnumerable<string> known)
    {
        var value = string.IsNullOrEmpty(Value) ? "" : $" (with the value '{Shorten(Value)}')";
        var hint = Closest.To(key, known) is { } closest ? $" Did you mean {closest}?" : "";
        return $"{path}: unknown key '{Shorten(key)}'{value}.{hint} Known keys: {string.Join(", ", known)}.";
    }

    private SettingsNode Child(string name)
    {
        _children ??= new(StringComparer.OrdinalIgnoreCase);
        if (!_children.TryGetValue(name, out var child))
        {
            _children[name] = child = new(name, path.Length == 0 ? name : ConfigurationPath.Combine(path, name));
        }

        return child;
    }
}
