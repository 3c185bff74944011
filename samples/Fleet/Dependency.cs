using System.Collections.Concurrent;

namespace FleetSample;

/// <summary>The service that all instances call. It fails for the instances that it is told.</summary>
internal sealed class Dependency : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<int, long> _calls = new();

    private Dependency(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>Gets or sets the instances whose calls fail.</summary>
    public Func<int, bool> FailsFor { get; set; } = _ => false;

    /// <summary>Gets the number of calls that it received.</summary>
    public long Calls => _calls.Values.Sum();

    public static async Task<Dependency> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var dependency = new Dependency(app);
        app.MapGet("/charge/{instance:int}", dependency.Charge);
        await app.StartAsync();
        return dependency;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult Charge(int instance)
    {
        _calls.AddOrUpdate(instance, 1, (_, calls) => calls + 1);
        return FailsFor(instance) ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable) : Results.Ok();
    }
}
