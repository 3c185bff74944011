using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>Checks bodies over HTTP/1.1, in which a caller can also send synchronously.</summary>
public abstract class BodiesOverHttp1 : CountedBodies
{
    [Fact]
    public Task A_synchronous_call_abandoned_while_HttpClient_buffers_is_a_failure() =>
        GiveUpWhileHttpClientBuffersAsync(isSynchronous: true);

    [Theory]
    [InlineData(HttpCompletionOption.ResponseContentRead)]
    [InlineData(HttpCompletionOption.ResponseHeadersRead)]
    public Task A_body_that_a_synchronous_caller_reads_to_its_end_is_one_success(HttpCompletionOption completion) =>
        ReadToItsEndAsync((client, address) => Task.Run(() => Read(client, address, completion)));

    private static string Read(HttpClient client, Uri address, HttpCompletionOption completion)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = client.Send(request, completion);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}

/// <summary>Checks bodies in the handlers of Microsoft.Extensions.Http.Resilience.</summary>
public sealed class BodiesInResilienceHandlers : BodiesOverHttp1
{
    private protected override void AddHandler(IHttpClientBuilder client, bool countBody) =>
        client.AddResilienceHandler(
            "breaker",
            (pipeline, context) =>
                pipeline.AddFluxgateBreaker(
                    context.ServiceProvider,
                    "downloads",
                    new FluxgateBreakerOptions<HttpResponseMessage> { CountBody = countBody }
                )
        );
}

/// <summary>Checks bodies in the standard handler.</summary>
public sealed class BodiesInStandardHandlers : BodiesOverHttp1
{
    private protected override void AddHandler(IHttpClientBuilder client, bool countBody) =>
        client.AddFluxgateStandardResilienceHandler("downloads", options => options.CountBody = countBody);
}

/// <summary>Checks bodies over HTTP/2, where all calls share a connection and a reset ends a stream of it.</summary>
public sealed class BodiesOverHttp2 : CountedBodies
{
    private protected override Version Version => HttpVersion.Version20;

    private protected override void AddHandler(IHttpClientBuilder client, bool countBody) =>
        client.AddFluxgateStandardResilienceHandler("downloads", options => options.CountBody = countBody);
}
