using Fluxgate;
using Polly;
using Polly.Retry;
using Polly.Timeout;

#region README.md: Quick start
var breaker = new FluxgateBreaker(
    "stock",
    new()
    {
        Tripper = Tripper.FailureStreak(3),
        BreakDuration = BreakDuration.Fixed(TimeSpan.FromMilliseconds(300)),
        Permit = Permit.All,
        Recovery = Recovery.AfterProbes(1),
        Listeners = { signal => Console.WriteLine($"     {signal}") },
    }
);

var pipeline = new ResiliencePipelineBuilder()
    .AddRetry(
        new RetryStrategyOptions
        {
            MaxRetryAttempts = 1,
            Delay = TimeSpan.FromMilliseconds(50),
            ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>(),
        }
    )
    .AddFluxgateBreaker(breaker)
    .AddTimeout(TimeSpan.FromMilliseconds(100))
    .Build();

var attempts = 0;
async ValueTask<int> GetStockAsync(CancellationToken cancellationToken)
{
    // Hangs for four calls, then recovers.
    await Task.Delay(++attempts <= 4 ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(10), cancellationToken);
    return 42;
}

for (var order = 1; order <= 12; order++)
{
    try
    {
        Console.WriteLine($"{order, 2}: {await pipeline.ExecuteAsync(GetStockAsync)} in stock");
    }
    catch (CallNotPermittedException rejected)
    {
        Console.WriteLine($"{order, 2}: rejected, {rejected.Reason}; retry after {rejected.RetryAfter?.TotalMilliseconds:0} ms");
        await Task.Delay(100);
    }
    catch (TimeoutRejectedException)
    {
        Console.WriteLine($"{order, 2}: timed out");
    }
}
#endregion
