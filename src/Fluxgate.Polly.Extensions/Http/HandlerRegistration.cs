using Polly;

namespace Fluxgate;

/// <summary>A handler of one client, and how its pipelines are come by: built now, where they do not depend on a request.</summary>
internal sealed record HandlerRegistration(
    string ClientName,
    Func<HandlerPipelines, string, Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>>> PipelineOf
);
