using Polly;

namespace Fluxgate;

/// <summary>Sends requests through a resilience pipeline.</summary>
/// <param name="find">
/// Returns the function that selects the pipeline of a request. Called at the first send and not earlier: HttpClientFactory holds a
/// <see cref="Lazy{T}"/> while it creates a handler. Two clients that need each other would deadlock on it, and it caches exceptions.
/// </param>
internal sealed class FluxgateHandler(Func<Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>>> find) : DelegatingHandler
{
    /// <summary>
    /// The key of the request in the context. Microsoft.Extensions.Http.Resilience uses the same key, so <c>context.GetRequestMessage()</c>
    /// works. A hedging strategy may replace the request by a copy, which is then sent.
    /// </summary>
    public static readonly ResiliencePropertyKey<HttpRequestMessage> RequestMessage = new("Resilience.Http.RequestMessage");

    private Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>>? _pipelineOf;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pipeline = PipelineOf(request);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestMessage, request);
        try
        {
            var outcome = await pipeline
                .ExecuteOutcomeAsync(
                    static async (context, handler) =>
                    {
                        try
                        {
                            return Outcome.FromResult(await handler.SendOnceAsync(context).ConfigureAwait(false));
                        }
                        catch (Exception error)
                        {
                            return Outcome.FromException<HttpResponseMessage>(error);
                        }
                    },
                    context,
                    this
                )
                .ConfigureAwait(false);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pipeline = PipelineOf(request);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestMessage, request);
        try
        {
            return pipeline.Execute(static (context, handler) => handler.SendOnce(context), context, this);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResiliencePipeline<HttpResponseMessage> PipelineOf(HttpRequestMessage request) => (_pipelineOf ??= find())(request);

    private Task<HttpResponseMessage> SendOnceAsync(ResilienceContext context) =>
        base.SendAsync(Request(context), context.CancellationToken);

    private HttpResponseMessage SendOnce(ResilienceContext context) => base.Send(Request(context), context.CancellationToken);

    private static HttpRequestMessage Request(ResilienceContext context) => context.Properties.GetValue(RequestMessage, null!);
}
