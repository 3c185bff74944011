using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace QuickStart;

/// <summary>Workers that call the dependency through the pipeline, with a short delay between calls.</summary>
internal static class Workers
{
    public static async Task RunAsync(int count, ResiliencePipeline<HttpResponseMessage> pipeline, Uri address, CancellationToken over)
    {
        using var client = new HttpClient();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => WorkAsync(client, pipeline, address, over)));
    }

    private static async Task WorkAsync(
        HttpClient client,
        ResiliencePipeline<HttpResponseMessage> pipeline,
        Uri address,
        CancellationToken over
    )
    {
        try
        {
            while (true)
            {
                await CallAsync(client, pipeline, address, over);
                await Task.Delay(Random.Shared.Next(50, 150), over);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private static async Task CallAsync(
        HttpClient client,
        ResiliencePipeline<HttpResponseMessage> pipeline,
        Uri address,
        CancellationToken over
    )
    {
        try
        {
            using var response = await pipeline.ExecuteAsync(async token => await client.GetAsync(address, token), over);
        }
        catch (BrokenCircuitException)
        {
            // The circuit rejected the call. An application would use a cached value, return an error or queue the work.
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutRejectedException)
        {
            // Failed after all attempts.
        }
    }
}
