using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>The interceptor of a client, as registered.</summary>
/// <param name="Client">The name of the client.</param>
/// <param name="Create">Creates the interceptor. Throws if a breaker is not defined or its settings are invalid.</param>
internal sealed record GrpcClientRegistration(string Client, Func<IServiceProvider, FluxgateInterceptor> Create);

/// <summary>Finds the breakers of all clients before the hosted services start, so that an error does not wait for the first call.</summary>
internal sealed class GrpcClientStartup(IServiceProvider services, IEnumerable<GrpcClientRegistration> clients) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var client in clients)
        {
            try
            {
                client.Create(services);
            }
            catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException)
            {
                throw new InvalidOperationException($"The gRPC client '{client.Client}' has no breaker: {error.Message}", error);
            }
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
