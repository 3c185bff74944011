using System.Collections.Concurrent;
using Polly;

namespace Fluxgate;

/// <summary>
/// The pipelines of all handlers of one container. HttpClientFactory makes its handlers anew every two minutes; what is here outlives them,
/// so that the state of a breaker does. Pipelines that were built here end with the container.
/// </summary>
internal sealed class HandlerPipelines(IServiceProvider services) : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<object, BroughtPipeline> _brought = new();
    private readonly ConcurrentDictionary<(object Registration, string ClientName), KeyedPipelines> _built = new();

    /// <summary>A pipeline that the application brought: asked for once, again where that failed, and never disposed here.</summary>
    public ResiliencePipeline<HttpResponseMessage> Brought(
        object registration,
        string clientName,
        Func<IServiceProvider, ResiliencePipeline<HttpResponseMessage>> bring
    ) => _brought.GetOrAdd(registration, static _ => new()).Get(clientName, services, bring);

    /// <summary>The pipelines of one client, built when first asked for. A registration of <c>ConfigureHttpClientDefaults</c> is one of many clients.</summary>
    public KeyedPipelines Built(
        object registration,
        string clientName,
        int most,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider, string> configure
    ) => _built.GetOrAdd((registration, clientName), _ => new(clientName, most, (builder, key) => configure(builder, services, key)));

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

    private sealed class BroughtPipeline
    {
        private readonly BuildTurn _turn = new();
        private volatile ResiliencePipeline<HttpResponseMessage>? _pipeline;

        public ResiliencePipeline<HttpResponseMessage> Get(
            string clientName,
            IServiceProvider services,
            Func<IServiceProvider, ResiliencePipeline<HttpResponseMessage>> bring
        ) =>
            _pipeline
            ?? _turn.Take(
                KeyedPipelines.Of(clientName),
                () => _pipeline ??= bring(services) ?? throw new InvalidOperationException("pipeline must not return null, but did.")
            );
    }
}
