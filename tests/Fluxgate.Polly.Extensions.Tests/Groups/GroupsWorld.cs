using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>A world whose configuration is the group <c>tenants</c>.</summary>
/// <param name="tenants">The keys of the group.</param>
/// <param name="more">Adds services.</param>
internal sealed class GroupsWorld(string tenants = "", Action<IServiceCollection>? more = null) : ConfiguredWorld(Json(tenants), more)
{
    public BreakerGroup Tenants => Breakers.GetGroup("tenants");

    public static string Json(string tenants) => JsonOf($"\"tenants\": {{ {tenants} }}");

    public static string JsonOf(string groups, string more = "") => $$"""{ "Fluxgate": { {{more}} "BreakerGroups": { {{groups}} } } }""";

    public string RuleOf(string key) => Tenants.GetOrAdd(key).Snapshot().Rule;

    /// <summary>Changes the keys of the group <c>tenants</c>.</summary>
    public void Become(string tenants) => BecomeJson(Json(tenants));

    public async Task<HealthReportEntry> CheckAsync(string check) =>
        (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().WaitAsync(DiContainer.Deadline)).Entries[check];
}
