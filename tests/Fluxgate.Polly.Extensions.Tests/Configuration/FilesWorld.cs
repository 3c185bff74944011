using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A started container over files in memory, with the breaker <c>payments</c> in code, its log and its health.</summary>
internal sealed class FilesWorld : IDisposable
{
    public const string File = "appsettings.json";
    public const string Broken = "{ \"Fluxgate\": ";

    private readonly ServiceProvider _services;

    /// <param name="json">The section <c>Breakers</c> of the file.</param>
    /// <param name="more">Adds providers after the file.</param>
    /// <param name="ignoreLoadErrors">Whether the host ignores load errors of the file.</param>
    /// <param name="wrap">Wraps the configuration before its section is passed.</param>
    /// <param name="services">Adds services.</param>
    public FilesWorld(
        string? json,
        Action<IConfigurationBuilder>? more = null,
        bool ignoreLoadErrors = true,
        Func<IConfigurationRoot, IConfiguration>? wrap = null,
        Action<IServiceCollection>? services = null
    )
    {
        Files.WriteUnnoticed(File, json is null ? null : Json(json));
        var builder = new ConfigurationBuilder().Add(Files.Source(File, ignoreLoadErrors));
        more?.Invoke(builder);
        Root = builder.Build();
        var section = wrap is null ? Root.GetSection("Fluxgate") : wrap(Root);
        _services = DiContainer.Of(container =>
        {
            container.AddLogging(logging => logging.AddProvider(Log));
            container.AddFluxgate(section).AddBreaker("payments");
            container.AddHealthChecks().AddFluxgate().AddFluxgateBreaker("payments");
            services?.Invoke(container);
        });
        Breakers.Start();
    }

    public VirtualFiles Files { get; } = new();

    public IConfigurationRoot Root { get; }

    public ConfigLog Log { get; } = new();

    public FluxgateBreakers Breakers => _services.Breakers();

    public IReadOnlyList<string> Errors => Log.At(LogLevel.Error);

    public IReadOnlyList<string> Warnings => Log.At(LogLevel.Warning);

    public static string Json(string breakers) => ConfigFile.Json(breakers);

    public static string Streak(int failures) => $"\"payments\": {{ \"Tripper\": \"FailureStreak({failures})\" }}";

    public string Rule(string name = "payments") => Breakers[name].Snapshot().Rule;

    public FluxgateBreakerSettings Settings(string name = "payments") => _services.GetRequiredService<SettingsMonitor>().Get(name);

    /// <summary>Saves the file with these breakers.</summary>
    public void Save(string breakers) => Files.Write(File, Json(breakers));

    public void SaveBroken() => Files.Write(File, Broken);

    public void Delete() => Files.Write(File, null);

    /// <summary>Returns the health data of a breaker about kept configuration.</summary>
    public async Task<string?> KeptAsync(string name = "payments")
    {
        var report = await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync().WaitAsync(DiContainer.Deadline);
        var all = Assert.IsAssignableFrom<IReadOnlyDictionary<string, object>>(report.Entries["fluxgate"].Data[name]);
        Assert.Equal(HealthStatus.Healthy, report.Status);
        return (string?)all.GetValueOrDefault("retained_configuration");
    }

    public void Dispose() => _services.Dispose();
}
