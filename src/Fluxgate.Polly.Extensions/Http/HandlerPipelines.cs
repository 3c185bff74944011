using System.Collections.Concurrent;
using Polly;

namespace Fluxgate;

/// <summary>
/// The pipelines of all handlers of one container. HttpClientFactory creates new handlers every two minutes; these pipelines outlive them, so
/// that breakers keep their state. Pipelines that were built here are disposed with the container.
/// </summary>
internal sealed class HandlerPipelines(IServiceProvider services) : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<object, ProvidedPipeline> _provided = new();
    private readonly ConcurrentDictionary<(object Registration, string ClientName), KeyedPipelines> _built = new();

    /// <summary>Returns a pipeline that the application provides. Calls the factory until it has succeeded once. The pipeline is not disposed here.</summary>
    public ResiliencePipeline<HttpResponseMessage> Provided(
        object registration,
        string clientName,
        Func<IServiceProvider, ResiliencePipeline<HttpResponseMessage>> factory
    ) => _provided.GetOrAdd(registration, static _ => new()).Get(clientName, services, factory);

    /// <summary>Returns the pipelines of one client, which are built on first use. A registration of <c>ConfigureHttpClientDefaults</c> has many clients.</summary>
    public KeyedPipelines Built(
        object registration,
        string clientName,
        int maxKeys,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider, string> configure
    ) => _built.GetOrAdd((registration, clientName), _ => new(clientName, maxKeys, (builder, key) => configure(builder, services, key)));

    public void Dispose()
    {
        foreach (var pipelines in _built.Values)
        {
            pipelines.Registry.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pipelines in _built.Values)
        {
            await pipelines.Registry.DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class ProvidedPipeline
    {
        private readonly BuildLock _lock = new();
        private volatile ResiliencePipeline<HttpResponseMessage>? _pipeline;

        public ResiliencePipeline<HttpResponseMessage> Get(
            string clientName,
            IServiceProvider services,
            Func<IServiceProvider, ResiliencePipeline<HttpResponseMessage>> factory
        ) =>
            _pipeline
            ?? _lock.Run(
                KeyedPipelines.NameOf(clientName),
                () => _pipeline ??= factory(services) ?? throw new InvalidOperationException("pipeline must not return null, but did.")
            );
    }
}
