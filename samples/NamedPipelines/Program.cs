using Fluxgate;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;
using Polly.Retry;

#region docs/named-pipelines.md: A complete program
var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Attempts", "1")]).Build();
var services = new ServiceCollection();
services.Configure<StockOptions>(configuration);
services.AddFluxgate().AddBreaker("stock", settings => settings.Tripper = Tripper.FailureStreak(2));
services.AddResiliencePipeline(
    "stock",
    (builder, context) =>
    {
        context.EnableReloads<StockOptions>();
        builder
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = context.GetOptions<StockOptions>().Attempts,
                    Delay = TimeSpan.Zero,
                    ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                }
            )
            .AddFluxgateBreaker(context, "stock"); // owned by the container: it outlives every reload
    }
);

await using var provider = services.BuildServiceProvider();
var pipeline = provider.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("stock");
try
{
    pipeline.Execute(() => throw new HttpRequestException("No route to the stock."));
}
catch (HttpRequestException error)
{
    Console.WriteLine($"{error.Message} {provider.GetRequiredService<FluxgateBreakers>()["stock"].Snapshot()}");
}

configuration["Attempts"] = "3";
configuration.Reload(); // Polly rebuilds the pipeline with the same breaker

try
{
    pipeline.Execute(() => Console.WriteLine("called"));
}
catch (CallNotPermittedException rejected)
{
    Console.WriteLine($"After the reload: {rejected.Message}");
}

internal sealed class StockOptions
{
    public int Attempts { get; set; }
}
#endregion
