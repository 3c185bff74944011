using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>A key of a section with what its providers say together.</summary>
internal sealed class SettingsNode(string key, string path)
{
    private Dictionary<string, SettingsNode>? _children;

    public string Key => key;

    public string Path => path;

    public string? Value { get; private set; }

    /// <summary>Gets the file that said the value before it was lost, or <see langword="null"/> where a provider says it now.</summary>
    public LostFile? KeptFrom { get; private set; }

    public bool HasChildren => _children is not null;

    public bool IsEmpty => Value is null && !HasChildren;

    /// <summary>Gets the children in the order in which .NET sorts keys.</summary>
    public IEnumerable<SettingsNode> Children =>
        _children is null ? [] : _children.Values.OrderBy(child => child.Key, ConfigurationKeyComparer.Instance);

    public SettingsNode? Find(string name) => _children?.GetValueOrDefault(name);

    /// <summary>Lists what was said by files that are lost: each key below this one, and its file.</summary>
    public IEnumerable<(string Path, LostFile File)> Kept()
    {
        if (KeptFrom is not null)
        {
            yield return (path, KeptFrom);
        }

        foreach (var kept in Children.SelectMany(child => child.Kept()))
        {
            yield return kept;
        }
    }

    /// <summary>Sets what a layer says, over what earlier ones said. The first that names a key settles its spelling.</summary>
    public void Set(string relativePath, string? value, LostFile? keptFrom)
    {
        var node = this;
        if (relativePath.Length > 0)
        {
            foreach (var part in relativePath.Split(ConfigurationPath.KeyDelimiter))
            {
                node = node.Child(part);
            }
        }

        (node.Value, node.KeptFrom) = (value, keptFrom);
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
