using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>What one provider says about a section. Later layers override earlier ones.</summary>
/// <param name="provider">The provider.</param>
/// <param name="path">Where the section is in this provider; empty where the section is all of it.</param>
internal sealed class ConfigurationLayer(IConfigurationProvider provider, string path)
{
    /// <summary>Gets the provider where it reads a file.</summary>
    public FileConfigurationProvider? File => provider as FileConfigurationProvider;

    /// <summary>Finds the layers of a configuration, also behind sections and chained configurations.</summary>
    public static IEnumerable<ConfigurationLayer> Of(IConfiguration configuration, string path = "")
    {
        (configuration, path) = RootOf(configuration, path);
        if (configuration is not IConfigurationRoot root)
        {
            // Somebody else's implementation, which does not show its providers, is one layer.
            return [new(new ChainedConfigurationProvider(new() { Configuration = configuration }), path)];
        }

        return root.Providers.SelectMany<IConfigurationProvider, ConfigurationLayer>(provider =>
            provider is ChainedConfigurationProvider chained ? Of(chained.Configuration, path) : [new(provider, path)]
        );
    }

    /// <summary>Reads all keys below the section, relative to it; the empty key is the section's own value.</summary>
    public Dictionary<string, string?> Read()
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (provider is ConfigurationProvider known)
        {
            // GetChildKeys looks at all keys of the provider: to call it for each breaker takes time quadratic in their number.
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
            // A later version of .NET that keeps the root elsewhere: the section is one layer.
            return (configuration, path);
        }
    }

    // A section does not show its root, and only the root shows the providers.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref IConfigurationRoot RootOf(ConfigurationSection section);

    // Protected, hence as stable as a public member.
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
            // A key may have no value and still name a breaker.
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
