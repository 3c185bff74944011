using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace PaymentsApi;

/// <summary>A dependency of the service: an HTTP server on loopback whose behavior can be changed.</summary>
internal sealed class Upstream(string name, int port, Func<HttpContext, string> respond)
    : IHostedService,
        IHttpApplication<HttpContext>,
        IDisposable
{
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KestrelServer _server = CreateServer(port);
    private volatile Behavior _behavior;

    public string Name { get; } = name;

    /// <summary>Gets the address, which is known after the start.</summary>
    public Uri Address => new(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    public Behavior Behavior
    {
        get => _behavior;
        set => _behavior = value;
    }

    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(this, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.TrySetResult();
        return _server.StopAsync(cancellationToken);
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        switch (_behavior)
        {
            case Behavior.Failing:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            case Behavior.Resetting:
                context.Abort();
                return;
            case Behavior.Hanging:
                await WaitAsync(context, Timeout.InfiniteTimeSpan);
                return;
            case Behavior.Slow:
                await WaitAsync(context, TimeSpan.FromSeconds(1.2));
                break;
        }

        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(respond(context));
    }

    public void DisposeContext(HttpContext context, Exception? exception) { }

    public void Dispose() => _server.Dispose();

    private static KestrelServer CreateServer(int port)
    {
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, port);
        return new(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance
        );
    }

    /// <summary>Waits until the time has elapsed, the client has disconnected or the service stops.</summary>
    private async Task WaitAsync(HttpContext context, TimeSpan time) =>
        await Task.WhenAny(Task.Delay(time, context.RequestAborted), _stopping.Task);
}
