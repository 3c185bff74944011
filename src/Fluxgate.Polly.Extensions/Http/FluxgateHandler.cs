using Polly;

namespace Fluxgate;

/// <summary>Runs a pipeline around the send, and no more.</summary>
/// <param name="find">
/// Finds how the pipeline of a request is come by, and builds what it needs. Called at the first send: HttpClientFactory holds a
/// <see cref="Lazy{T}"/> while it makes a handler, which two clients that need each other would wait for, and which keeps an error for ever.
/// </param>
internal sealed class FluxgateHandler(Func<Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>>> find) : DelegatingHandler
{
    /// <summary>
    /// Where strategies find the request. Microsoft.Extensions.Http.Resilience keeps it under the same name, so whatever reads it there
    /// (<c>context.GetRequestMessage()</c>) reads it here; a hedging strategy may put a copy in its place, which is then sent.
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
