using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Fluxgate;

/// <summary>A JSON configuration in memory that reloads on the thread that changes it.</summary>
internal sealed class ConfigJson
{
    private readonly Source _source = new();

    public ConfigJson(string json)
    {
        _source.Json = json;
        Root = new ConfigurationBuilder().Add(_source).Build();
    }

    public IConfigurationRoot Root { get; }

    public IConfigurationSection Section => Root.GetSection("Fluxgate");

    public void Become(string json)
    {
        _source.Json = json;
        Root.Reload();
    }

    private sealed class Source : IConfigurationSource
    {
        public string Json { get; set; } = "{}";

        public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);
    }

    private sealed class Provider(Source source) : ConfigurationProvider
    {
        public override void Load()
        {
            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(source.Json));
            var json = new JsonStreamConfigurationProvider(new JsonStreamConfigurationSource { Stream = stream });
            json.Load();
            Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            Copy(json, null);
        }

        private void Copy(IConfigurationProvider json, string? parent)
        {
            foreach (var key in json.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                var path = parent is null ? key : ConfigurationPath.Combine(parent, key);
                if (json.TryGet(path, out var value))
                {
                    Data[path] = value;
                }

                Copy(json, path);
            }
        }
    }
}
