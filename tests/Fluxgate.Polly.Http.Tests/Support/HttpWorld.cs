using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace Fluxgate;

/// <summary>A host with HTTP clients and a clock that moves on request, and real servers on loopback.</summary>
internal sealed class HttpWorld
{
    /// <summary>The property that a caller sets in the context of its request.</summary>
    public static readonly ResiliencePropertyKey<string?> Tenant = new("tenant");

    private readonly List<HttpUpstream> _upstreams = [];
    private readonly HostApplicationBuilder _builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
    private IHost? _host;

    public HttpWorld()
    {
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddFluxgate(Configuration.GetSection("Fluxgate"));
    }

    public FakeTimeProvider Time { get; } = new();

    public IServiceCollection Services => _builder.Services;

    public ConfigurationManager Configuration => _builder.Configuration;

    public FluxgateBreakers Breakers => Host.Services.GetRequiredService<FluxgateBreakers>();

    public IHost Host => _host ??= _builder.Build();

    public HttpClient Client(string name = "payments") => Host.Services.Client(name);

    public async Task<HttpUpstream> ServerAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var upstream = await HttpUpstream.StartAsync(protocols);
        _upstreams.Add(upstream);
        return upstream;
    }

    public Task StartAsync() => Host.StartAsync();

    /// <summary>Starts the host, which must fail, and returns the message of the error.</summary>
    public async Task<string> FailedStartAsync() => (await Assert.ThrowsAnyAsync<Exception>(StartAsync)).Message;

    /// <summary>Changes a value of the configuration, as an edited file does.</summary>
    public void Change(string key, string? value)
    {
        Configuration[key] = value;
        ((IConfigurationRoot)Configuration).Reload();
    }

    /// <summary>Stops the host and the servers.</summary>
    public async Task EndAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        foreach (var upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }
    }
}
