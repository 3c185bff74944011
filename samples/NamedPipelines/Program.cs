using Fluxgate;
using Polly;
using Polly.Registry;
using Polly.Retry;

#region README.md: Named pipelines
var stock = new FluxgateBreaker("stock", new() { Tripper = Tripper.FailureStreak(2) });
var settings = new CancellationTokenSource(); // cancelled when the settings have changed
var attempts = 1;

using var registry = new ResiliencePipelineRegistry<string>();
registry.TryAddBuilder(
    "stock",
    (builder, context) =>
    {
        context.AddReloadToken(settings.Token);
        builder
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = attempts,
                    Delay = TimeSpan.Zero,
                    ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                }
            )
            .AddFluxgateBreaker(stock); // passed, not made here: it outlives every reload
    }
);

var pipeline = registry.GetPipeline("stock");
try
{
    pipeline.Execute(() => throw new HttpRequestException("No route to the stock."));
}
catch (HttpRequestException error)
{
    Console.WriteLine($"{error.Message} {stock.Snapshot()}");
}

attempts = 3;
var before = settings;
settings = new();
before.Cancel(); // the registry builds the pipeline anew, around the same breaker

try
{
    pipeline.Execute(() => Console.WriteLine("asked"));
}
catch (CallNotPermittedException rejected)
{
    Console.WriteLine($"After the reload: {rejected.Message}");
}
#endregion
