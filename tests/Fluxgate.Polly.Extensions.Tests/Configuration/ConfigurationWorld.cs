using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A started container with a configuration that can change, its log and a virtual clock.</summary>
internal sealed class ConfigurationWorld : IDisposable
{
    private readonly ConfigJson _json;

    public ConfigurationWorld(string breakers, Action<IServiceCollection>? more = null)
    {
        _json = new(Json(breakers));
        Services = DiContainer.Of(services =>
        {
            services.AddSingleton<TimeProvider>(Time);
            services.AddLogging(logging => logging.AddProvider(Log));
            services.AddFluxgate(_json.Section);
            more?.Invoke(services);
        });
        Breakers.Start();
    }

    public VirtualTime Time { get; } = new();

    public ConfigLog Log { get; } = new();

    public ServiceProvider Services { get; }

    public FluxgateBreakers Breakers => Services.Breakers();

    public string RuleOf(string name) => Breakers[name].Snapshot().Rule;

    /// <summary>Changes the section <c>Breakers</c>.</summary>
    public void Become(string breakers) => _json.Become(Json(breakers));

    public void BecomeJson(string json) => _json.Become(json);

    public void Dispose() => Services.Dispose();

    private static string Json(string breakers) => $$"""{ "Fluxgate": { "Breakers": { {{breakers}} } } }""";
}
