using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Runs a generic host over a real, watched file.</summary>
internal sealed class ConfigFile : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fluxgate-");
    private readonly IHost _host;
    private bool _started;

    public ConfigFile(string json, bool ignoreBrokenFiles = false, Action<IServiceCollection>? more = null)
    {
        Write(json);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddJsonFile(source =>
        {
            source.Path = Path;
            source.ReloadOnChange = true;
            source.ResolveFileProvider();
            source.OnLoadException = context => context.Ignore = ignoreBrokenFiles;
        });
        builder.Logging.AddProvider(Log);
        builder.Services.AddFluxgate(builder.Configuration.GetSection("Fluxgate"));
        more?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public ConfigLog Log { get; } = new();

    public FluxgateBreakers Breakers => _host.Services.Breakers();

    private string Path => System.IO.Path.Combine(_folder.FullName, "appsettings.json");

    public static string Json(string breakers) => $$"""{ "Fluxgate": { "Breakers": { {{breakers}} } } }""";

    public async Task StartAsync()
    {
        await _host.StartAsync().WaitAsync(DiContainer.Deadline);
        _started = true;
    }

    public void Delete() => File.Delete(Path);

    public void Write(string json) => File.WriteAllText(Path, json);

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            await _host.StopAsync().WaitAsync(DiContainer.Deadline);
        }

        _host.Dispose();
        _folder.Delete(recursive: true);
    }
}
