using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>A world whose configuration is the section <c>Breakers</c>.</summary>
/// <param name="breakers">The keys of the section.</param>
/// <param name="more">Adds services.</param>
internal sealed class ConfigurationWorld(string breakers, Action<IServiceCollection>? more = null) : ConfiguredWorld(Json(breakers), more)
{
    public string RuleOf(string name) => Breakers[name].Snapshot().Rule;

    /// <summary>Changes the section <c>Breakers</c>.</summary>
    public void Become(string breakers) => BecomeJson(Json(breakers));

    private static string Json(string breakers) => $$"""{ "Fluxgate": { "Breakers": { {{breakers}} } } }""";
}
