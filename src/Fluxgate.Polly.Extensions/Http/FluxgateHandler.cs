using Polly;

namespace Fluxgate;

/// <summary>Runs a pipeline around the send, and no more.</summary>
internal sealed class FluxgateHandler(Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> pipelineOf) : DelegatingHandler
{
    /// <summary>
    /// Where strategies find the request. Microsoft.Extensions.Http.Resilience keeps it under the same name, so whatever reads it there
    /// (<c>context.GetRequestMessage()</c>) reads it here; a hedging strategy may put a copy in its place, which is then sent.
    /// </summary>
    public static readonly ResiliencePropertyKey<HttpRequestMessage> RequestMessage = new("Resilience.Http.RequestMessage");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pipeline = pipelineOf(request);
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
        var pipeline = pipelineOf(request);
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

    private Task<HttpResponseMessage> SendOnceAsync(ResilienceContext context) =>
        base.SendAsync(Request(context), context.CancellationToken);

    private HttpResponseMessage SendOnce(ResilienceContext context) => base.Send(Request(context), context.CancellationToken);

    private static HttpRequestMessage Request(ResilienceContext context) => context.Properties.GetValue(RequestMessage, null!);
}
