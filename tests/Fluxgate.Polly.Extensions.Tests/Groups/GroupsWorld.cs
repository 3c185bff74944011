using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A started container with the group <c>tenants</c> in a configuration that can change, its log and a virtual clock.</summary>
internal sealed class GroupsWorld : IDisposable
{
    private readonly ConfigJson _json;

    /// <param name="tenants">The keys of the group <c>tenants</c>.</param>
    /// <param name="more">Adds services.</param>
    public GroupsWorld(string tenants = "", Action<IServiceCollection>? more = null)
    {
        _json = new(Json(tenants));
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

    public BreakerGroup Tenants => Breakers.GetGroup("tenants");

    public static string Json(string tenants) => JsonOf($"\"tenants\": {{ {tenants} }}");

    public static string JsonOf(string groups, string more = "") => $$"""{ "Fluxgate": { {{more}} "BreakerGroups": { {{groups}} } } }""";

    public string RuleOf(string key) => Tenants.GetOrAdd(key).Snapshot().Rule;

    /// <summary>Changes the keys of the group <c>tenants</c>.</summary>
    public void Become(string tenants) => _json.Become(Json(tenants));

    public void BecomeJson(string json) => _json.Become(json);

    public async Task<HealthReportEntry> CheckAsync(string check) =>
        (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().WaitAsync(DiContainer.Deadline)).Entries[check];

    public void Dispose() => Services.Dispose();
}
