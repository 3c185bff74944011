using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace PaymentsApi;

/// <summary>A service that this one depends on: a real HTTP server of its own on loopback, which can be broken.</summary>
internal sealed class Upstream(string name, int port, Func<HttpContext, string> answer)
    : IHostedService,
        IHttpApplication<HttpContext>,
        IDisposable
{
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KestrelServer _server = NewServer(port);
    private volatile Mood _mood;

    public string Name { get; } = name;

    /// <summary>Where it listens; known once it has started.</summary>
    public Uri Address => new(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    public Mood Mood
    {
        get => _mood;
        set => _mood = value;
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
        switch (_mood)
        {
            case Mood.Failing:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            case Mood.Resetting:
                context.Abort();
                return;
            case Mood.Hanging:
                await RestAsync(context, Timeout.InfiniteTimeSpan);
                return;
            case Mood.Slow:
                await RestAsync(context, TimeSpan.FromMilliseconds(500));
                break;
        }

        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(answer(context));
    }

    public void DisposeContext(HttpContext context, Exception? exception) { }

    public void Dispose() => _server.Dispose();

    private static KestrelServer NewServer(int port)
    {
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, port);
        return new(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance
        );
    }

    /// <summary>Until the time is over, the caller has left, or the service ends.</summary>
    private async Task RestAsync(HttpContext context, TimeSpan time) =>
        await Task.WhenAny(Task.Delay(time, context.RequestAborted), _stopping.Task);
}
