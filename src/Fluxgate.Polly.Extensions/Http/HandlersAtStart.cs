using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Builds the pipelines of all clients that are known by name before anything of the host starts, so that no mistake waits for the first request.</summary>
internal sealed class HandlersAtStart(
    HandlerPipelines pipelines,
    IEnumerable<HandlerRegistration> handlers,
    FluxgateBreakers? breakers = null
) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Settings that are refused are told as such, and not as the reason why a pipeline lacks its breaker.
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
                    new InvalidOperationException($"{KeyedPipelines.Of(handler.ClientName)} could not be built: {error.Message}", error)
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
