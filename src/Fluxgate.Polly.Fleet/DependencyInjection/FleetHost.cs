using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Starts the member before the hosted services start, so that the application serves no call before the directives are known, or have been waited for.</summary>
internal sealed class FleetHost(IServiceProvider services) : IHostedLifecycleService
{
    private FleetLoop? _loop;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _loop = services.GetRequiredService<FleetLoop>();
        return _loop.StartAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Last: directives apply as long as calls are served.
    public Task StoppedAsync(CancellationToken cancellationToken) => _loop?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
