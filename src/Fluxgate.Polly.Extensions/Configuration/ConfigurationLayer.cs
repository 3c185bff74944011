using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>The part of a section that one provider supplies. Later layers override earlier ones.</summary>
/// <param name="provider">The provider.</param>
/// <param name="path">The path of the section in this provider; empty if the section is its root.</param>
internal sealed class ConfigurationLayer(IConfigurationProvider provider, string path)
{
    /// <summary>Gets the provider if it reads a file; otherwise, <see langword="null"/>.</summary>
    public FileConfigurationProvider? File => provider as FileConfigurationProvider;

    /// <summary>Returns the layers of a configuration, including those of sections and chained configurations.</summary>
    public static IEnumerable<ConfigurationLayer> Of(IConfiguration configuration, string path = "")
    {
        (configuration, path) = RootOf(configuration, path);
        if (configuration is not IConfigurationRoot root)
        {
            // Another implementation, which does not expose its providers, is one layer.
            return [new(new ChainedConfigurationProvider(new() { Configuration = configuration }), path)];
        }

        return root.Providers.SelectMany<IConfigurationProvider, ConfigurationLayer>(provider =>
            provider is ChainedConfigurationProvider chained ? Of(chained.Configuration, path) : [new(provider, path)]
        );
    }

    /// <summary>Reads all keys below the section, relative to it. The empty key has the value of the section itself.</summary>
    public Dictionary<string, string?> Read()
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (provider is ConfigurationProvider known)
        {
            // GetChildKeys reads all keys of the provider: calling it for each breaker would take time quadratic in their number.
            foreach (var key in DataOf(known).Keys)
            {
                if (IsBelow(key))
                {
                    Add(
                        keys,
                        path.Length == 0 ? key
                            : key.Length == path.Length ? ""
                            : key[(path.Length + 1)..]
                    );
                }
            }
        }

        if (keys.Count == 0)
        {
            Walk(keys, "");
        }

        return keys;
    }

    private static (IConfiguration Root, string Path) RootOf(IConfiguration configuration, string path)
    {
        if (configuration is not ConfigurationSection section)
        {
            return (configuration, path);
        }

        try
        {
            return (RootOf(section), Combine(section.Path, path));
        }
        catch (MissingFieldException)
        {
            // In a later version of .NET the field may have another name. The section is then one layer.
            return (configuration, path);
        }
    }

    // A section does not expose its root, and only the root exposes the providers.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref IConfigurationRoot RootOf(ConfigurationSection section);

    // The property is protected, hence as stable as a public one.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);

    private static string Combine(string path, string key) =>
        path.Length == 0 ? key
        : key.Length == 0 ? path
        : ConfigurationPath.Combine(path, key);

    private bool IsBelow(string key) =>
        path.Length == 0
        || (
            key.StartsWith(path, StringComparison.OrdinalIgnoreCase)
            && (key.Length == path.Length || key[path.Length] == ConfigurationPath.KeyDelimiter[0])
        );

    private void Walk(Dictionary<string, string?> keys, string parent)
    {
        var at = Combine(path, parent);
        string[] children = [.. provider.GetChildKeys([], at.Length == 0 ? null : at).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (children.Length == 0 && parent.Length > 0)
        {
            // A key without a value may still name a breaker.
            keys[parent] = null;
        }

        Add(keys, parent);
        foreach (var key in children)
        {
            Walk(keys, Combine(parent, key));
        }
    }

    private void Add(Dictionary<string, string?> keys, string key)
    {
        if (provider.TryGet(Combine(path, key), out var value))
        {
            keys[key] = value;
        }
    }
}
