using System.Net;
using System.Reflection;
using System.Runtime.Versioning;
using System.Text;
using Fluxgate;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly;
using Prometheus;

// What a user writes with nothing but the packages. The readmes of the packages show these lines.
var payments = new FluxgateBreaker(
    "payments",
    new FluxgateBreakerSettings
    {
        Tripper = Tripper.FailureStreak(5) | (Tripper.MinRequests(20) & Tripper.FailureRate(0.5)),
        BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)),
        Listeners = { signal => Console.WriteLine(signal) },
    }
);

var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(payments).AddTimeout(TimeSpan.FromSeconds(2)).Build();

for (var call = 0; call < 5; call++)
{
    try
    {
        await pipeline.ExecuteAsync(_ => throw new InvalidOperationException());
    }
    catch (InvalidOperationException) { }
}

try
{
    await pipeline.ExecuteAsync(_ => ValueTask.CompletedTask);
}
catch (CallNotPermittedException rejected)
{
    Console.WriteLine($"rejected: {rejected.Reason}");
}

if (args is ["serve"])
{
    var inventory = new FluxgateBreaker("inventory", new FluxgateBreakerSettings { Listeners = { new PrometheusListener() } });

    using var server = new PrometheusServer(9464);
    server.Start();
    Console.ReadLine();
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder
    .Services.AddFluxgate()
    .AddBreaker(
        "stock",
        settings =>
        {
            settings.Tripper = Tripper.FailureStreak(3);
            settings.Listeners.Add(new PrometheusListener());
        }
    );
builder.Services.AddHealthChecks().AddFluxgate();

builder.Services.AddFluxgate().AddBreaker("shop");
builder.Services.AddHttpClient("shop").AddFluxgateStandardResilienceHandler("shop");

builder.Services.AddAuthorization(options => options.AddPolicy("operators", policy => policy.RequireAuthenticatedUser()));
builder.Services.AddFluxgate().AddBreaker("basket");
builder.Services.AddFluxgateFleet(fleet =>
{
    fleet.Name = "shop";
    fleet.Include("basket");
    fleet.UseInMemory(new InMemoryFleetStore());
});

await using var app = builder.Build();
app.MapFluxgateMetrics("/metrics");
app.MapFluxgateDashboard("/circuits", options => options.Policy = "operators");
app.MapHealthChecks("/health");
await app.StartAsync();

app.Services.GetRequiredService<FluxgateBreakers>()["stock"].Trip("maintenance");
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
Console.WriteLine($"page: {Open(await ReadPageAsync(client))}");
Console.WriteLine($"health: {await (await client.GetAsync("/health")).Content.ReadAsStringAsync()}");
await app.StopAsync();

using var orders = new FluxgateBreaker("orders", new FluxgateBreakerSettings { Listeners = { new PrometheusNetListener() } });

orders.Trip();
using var page = new MemoryStream();
await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(page);
Console.WriteLine($"prometheus-net: {Open(Encoding.UTF8.GetString(page.ToArray()))}");

var services = new ServiceCollection();
services.AddFluxgate().AddBreaker("basket");
services.AddFluxgateFleet(fleet =>
{
    fleet.Name = "shop";
    fleet.Include("basket");
    fleet.UseRedis("127.0.0.1:6379");
});

services.AddFluxgate().AddBreaker("ledger");
services.AddGrpcClient<LedgerClient>(client => client.Address = new Uri("http://ledger")).AddFluxgateBreaker("ledger");
await using (var provider = services.BuildServiceProvider())
{
    provider.GetRequiredService<FluxgateBreakers>()["ledger"].ForceOpen("audit");
    var error = await provider.GetRequiredService<LedgerClient>().FailAsync();
    Console.WriteLine($"fleet: {provider.GetRequiredService<FleetOptions>().Name}");
    Console.WriteLine($"gRPC: {error.StatusCode}, {((CallNotPermittedException)error.InnerException!).Reason}");
}

Console.WriteLine(typeof(FluxgateBreaker).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName);

static string Open(string text) =>
    text.Split('\n').Single(line => line.StartsWith("circuit_breaker_state{", StringComparison.Ordinal) && line.Contains("\"open\""));

// A machine that is busy with other tests may take longer than the endpoint waits. It then answers 503, and Prometheus comes again.
static async Task<string> ReadPageAsync(HttpClient client)
{
    while (true)
    {
        using var response = await client.GetAsync("/metrics");
        if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
        {
            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }
    }
}
