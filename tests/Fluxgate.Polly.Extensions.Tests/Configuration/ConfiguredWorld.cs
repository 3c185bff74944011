using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A started container with a configuration that can change, its log and a virtual clock.</summary>
internal abstract class ConfiguredWorld : IDisposable
{
    private readonly ConfigJson _json;

    /// <param name="json">The configuration.</param>
    /// <param name="more">Adds services.</param>
    protected ConfiguredWorld(string json, Action<IServiceCollection>? more)
    {
        _json = new(json);
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

    public void BecomeJson(string json) => _json.Become(json);

    public void Dispose() => Services.Dispose();
}
