using System.Diagnostics;
using Fluxgate;
using Polly;

namespace FleetSample;

/// <summary>The callers of one instance. They count what they see, and compare it with nothing.</summary>
internal sealed class Callers(FluxgateBreaker breaker, Uri dependency, string number)
{
    private const int Count = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly Uri _address = new(dependency, $"/charge/{number}");
    private long _succeeded;
    private long _failed;
    private long _rejected;
    private long _slowestRejection;

    public FluxgateBreaker Breaker => breaker;

    public CallCounts Counts =>
        new(
            Volatile.Read(ref _succeeded),
            Volatile.Read(ref _failed),
            Volatile.Read(ref _rejected),
            new TimeSpan(Volatile.Read(ref _slowestRejection)).TotalMilliseconds
        );

    public async Task RunAsync(CancellationToken stopping)
    {
        using var client = new HttpClient();
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<HttpResponseMessage>
                {
                    Breaker = breaker,
                    Tracker =
                        Tracker.TypeOf<HttpRequestException>()
                        | Tracker.Result<HttpResponseMessage>(response => !response.IsSuccessStatusCode),
                }
            )
            .Build();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => CallAsync(pipeline, client, stopping)));
    }

    private async Task CallAsync(ResiliencePipeline<HttpResponseMessage> pipeline, HttpClient client, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                // A call that has begun is completed, so that every one is counted.
                using var response = await pipeline.ExecuteAsync(
                    async token => await client.GetAsync(_address, token),
                    CancellationToken.None
                );
                Interlocked.Increment(ref response.IsSuccessStatusCode ? ref _succeeded : ref _failed);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _failed);
            }
            catch (CallNotPermittedException)
            {
                Interlocked.Increment(ref _rejected);
                Raise(ref _slowestRejection, Stopwatch.GetElapsedTime(start).Ticks);
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private static void Raise(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; )
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
