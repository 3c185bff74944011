using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>A configuration that changes while the application runs.</summary>
internal sealed class ChangingConfiguration
{
    public ChangingConfiguration(params (string Key, string Value)[] values)
    {
        Root = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .Build();
    }

    public IConfigurationRoot Root { get; }

    /// <summary>Changes a value and raises the reload token. Pipelines that follow it are rebuilt when this returns.</summary>
    public void Change(string key, string value)
    {
        Root[key] = value;
        Root.Reload();
    }
}
