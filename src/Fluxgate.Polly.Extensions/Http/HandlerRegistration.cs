using Polly;

namespace Fluxgate;

/// <summary>A handler of a client, with a function that builds its pipelines as far as they do not depend on a request.</summary>
internal sealed record HandlerRegistration(
    string ClientName,
    Func<HandlerPipelines, string, Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>>> PipelineOf
);
