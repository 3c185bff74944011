using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Builds the pipelines of all named clients before the hosted services start, so that an error does not wait for the first request.</summary>
internal sealed class HandlerStartup(
    HandlerPipelines pipelines,
    IEnumerable<HandlerRegistration> handlers,
    FluxgateBreakers? breakers = null
) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // First, so that invalid settings are reported as such and not as the failure of a pipeline that needs the breaker.
        breakers?.Start();
        List<Exception> errors = [];
        foreach (var handler in handlers)
        {
            try
            {
                handler.PipelineOf(pipelines, handler.ClientName);
            }
            catch (Exception error)
            {
                errors.Add(
                    new InvalidOperationException($"{KeyedPipelines.NameOf(handler.ClientName)} could not be built: {error.Message}", error)
                );
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
