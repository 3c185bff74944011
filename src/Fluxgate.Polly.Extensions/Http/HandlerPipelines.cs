using System.Collections.Concurrent;
using Polly;

namespace Fluxgate;

/// <summary>
/// The pipelines of all handlers of one container. HttpClientFactory makes its handlers anew every two minutes; what is here outlives them,
/// so that the state of a breaker does. Pipelines that were built here end with the container.
/// </summary>
internal sealed class HandlerPipelines(IServiceProvider services) : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<object, Lazy<ResiliencePipeline<HttpResponseMessage>>> _brought = new();
    private readonly ConcurrentDictionary<(object Registration, string ClientName), KeyedPipelines> _built = new();

    /// <summary>A pipeline that the application brought: asked for once, and never disposed here.</summary>
    public ResiliencePipeline<HttpResponseMessage> Brought(
        object registration,
        Func<IServiceProvider, ResiliencePipeline<HttpResponseMessage>> bring
    ) => _brought.GetOrAdd(registration, _ => new(() => bring(services))).Value;

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
}
