using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>The standard resilience handler in clients of HttpClientFactory.</summary>
internal static class HttpClients
{
    private static readonly Uri Home = new("http://shop.example/");

    public static async Task HaveAStandardHandler()
    {
        var server = new Server();
        var services = new ServiceCollection();
        services.AddFluxgate(Section("Breakers:shop:Tripper", "FailureStreak(3)"));
        services
            .AddHttpClient("shop")
            .ConfigurePrimaryHttpMessageHandler(() => new Connection(server))
            .AddFluxgateStandardResilienceHandler(
                "shop",
                Section(
                    "RateLimiter:DefaultRateLimiterOptions:PermitLimit",
                    "10",
                    "TotalRequestTimeout:Timeout",
                    "00:00:20",
                    "Retry:MaxRetryAttempts",
                    "2",
                    "Retry:BackoffType",
                    "Constant",
                    "Retry:Delay",
                    "00:00:00",
                    "AttemptTimeout:Timeout",
                    "00:00:05",
                    "CountBody",
                    "true"
                )
            )
            .SelectPipelineByAuthority();
        await using var provider = services.BuildServiceProvider();
        var breaker = provider.GetRequiredService<FluxgateBreakers>()["shop"];
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");

        Check.Equal("stock", await client.GetStringAsync(Home), "the body of a response");
        Check.Equal(1, breaker.Snapshot().Successes, "the calls that succeeded");
        server.IsDown = true;
        Check.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client), "the last attempt");
        Check.Equal(1 + 3, server.Requests, "the requests with two retries");
        Check.Throws<CallNotPermittedException>(() => StatusAsync(client).GetAwaiter().GetResult(), "an open circuit sends nothing");
    }

    public static async Task ReplaceTheHandlerOfTheDefaults()
    {
        var server = new Server { IsDown = true };
        var services = new ServiceCollection().AddLogging();
        services.AddFluxgate(Section("Breakers:orders:Tripper", "FailureStreak(1)"));
        services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.ConfigurePrimaryHttpMessageHandler(() => new Connection(server));
        });
        services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler(Section("Retry:Delay", "00:00:00")));
        await using var provider = services.BuildServiceProvider();
        await StartAsync(provider);
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        using var orders = factory.CreateClient("orders");
        using var stock = factory.CreateClient("stock");

        Check.Throws<CallNotPermittedException>(() => StatusAsync(orders).GetAwaiter().GetResult(), "the retry meets an open circuit");
        Check.Equal(1, server.Requests, "the requests before the circuit opened");
        Check.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(stock), "another client has a breaker of its own");
    }

    public static async Task ReportInvalidSettings()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddFluxgate().AddBreaker("shop");
        services.AddHttpClient("shop").AddFluxgateStandardResilienceHandler("shop", Section("Retry:MaxRetryAttempts", "many"));
        await using var provider = services.BuildServiceProvider();

        var error = Check.Throws<OptionsValidationException>(
            () => provider.GetRequiredService<IStartupValidator>().Validate(),
            "a value that cannot be read"
        );
        Check.Equal("Http:Retry:MaxRetryAttempts must be a number, such as 3, but is 'many'.", error.Message, "the message");
    }

    private static async Task StartAsync(IServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            await service.StartingAsync(CancellationToken.None);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync(Home);
        return response.StatusCode;
    }

    private static IConfigurationSection Section(params string[] keysAndValues) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                keysAndValues
                    .Chunk(2)
                    .Select(setting => new KeyValuePair<string, string?>(ConfigurationPath.Combine("Http", setting[0]), setting[1]))
            )
            .Build()
            .GetSection("Http");

    private sealed class Server
    {
        public bool IsDown { get; set; }

        public int Requests { get; set; }
    }

    private sealed class Connection(Server server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            server.Requests++;
            return Task.FromResult(
                new HttpResponseMessage(server.IsDown ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK)
                {
                    Content = new StringContent("stock"),
                    RequestMessage = request,
                }
            );
        }
    }
}
