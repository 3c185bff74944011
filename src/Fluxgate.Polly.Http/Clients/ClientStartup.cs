using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Builds the clients with handlers of this package before the hosted services start, so that an error does not wait for the first request.</summary>
internal sealed class ClientStartup(IHttpMessageHandlerFactory factory, IEnumerable<StartupClient> clients, IServiceProvider services)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        List<Exception> errors = [];
        foreach (var client in clients)
        {
            try
            {
                client.Check(services);
                factory.CreateHandler(client.Name ?? Options.DefaultName);
            }
            catch (Exception error)
            {
                var subject = client.Name is null ? "The defaults of HTTP clients" : $"The HTTP client '{client.Name}'";
                errors.Add(new InvalidOperationException($"{subject} could not be built: {error.Message}", error));
            }
        }

        return errors switch
        {
            [] => Task.CompletedTask,
            [var error] => Task.FromException(error),
            _ => Task.FromException(
                new InvalidOperationException(
                    string.Join(Environment.NewLine, errors.Select(error => error.Message)),
                    new AggregateException(errors)
                )
            ),
        };
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
