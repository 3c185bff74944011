using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.RateLimiting;

namespace Fluxgate;

/// <summary>Runs the code of the documents on the handlers of HTTP clients.</summary>
public sealed class PageOnHttpClients : IAsyncLifetime
{
    private HttpUpstream _server = null!;

    public async Task InitializeAsync()
    {
        _server = await HttpUpstream.StartAsync();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_standard_handler_has_a_breaker_or_a_group()
    {
        var services = new ServiceCollection();
        var configuration = new ConfigurationManager
        {
            ["Fluxgate:Defaults:Tripper"] = "FailureStreak(1)",
            ["HttpClients:Payments:AttemptTimeout:Timeout"] = "00:00:05",
        };

        #region docs/http.md: Standard handler
        services.AddFluxgate(configuration.GetSection("Fluxgate")).AddBreaker("payments");
        services
            .AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler("payments", configuration.GetSection("HttpClients:Payments"));
        #endregion

        #region docs/http.md: Standard handler
        services.AddFluxgate().AddBreakerGroup("servers");
        services.AddHttpClient("crawler").AddFluxgateStandardResilienceHandler("servers", HttpKey.Authority);
        #endregion

        await using var provider = services.BuildServiceProvider();
        await OpensAsync(provider.Client(), "payments");
        await OpensAsync(provider.Client("crawler"), $"servers/{_server.Address.GetLeftPart(UriPartial.Authority)}");
    }

    [Fact]
    public async Task The_handler_of_the_readme_uses_a_breaker_of_the_container()
    {
        var services = new ServiceCollection();

        #region README.md: HTTP clients
        services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(5));
        services.AddHttpClient("payments").AddFluxgateStandardResilienceHandler("payments");
        #endregion

        services.Configure<FluxgateBreakerSettings>("payments", settings => settings.Tripper = Tripper.FailureStreak(1));
        await using var provider = services.BuildServiceProvider();
        await OpensAsync(provider.Client(), "payments");
    }

    [Fact]
    public async Task The_service_defaults_are_followed_by_one_line()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddFluxgate().ConfigureDefaults(settings => settings.Tripper = Tripper.FailureStreak(1));

        #region docs/http.md: In place of Microsoft's standard handler
        builder.AddServiceDefaults();
        builder.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
        #endregion

        using var host = builder.Build();
        await host.StartAsync();
        await OpensAsync(host.Services.Client(), "payments");
        await host.StopAsync();
    }

    [Fact]
    public async Task Hedging_has_a_breaker_for_each_server()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreakerGroup("servers", group => group.Settings.Tripper = Tripper.FailureStreak(2));
        var http = services.AddHttpClient("payments");

        #region docs/http.md: Hedging
        http.AddStandardHedgingHandler().Configure(options => options.Endpoint.CircuitBreaker.ShouldHandle = static _ => new(false));
        http.AddResilienceHandler(
            "breaker",
            (pipeline, context) =>
                pipeline.AddFluxgateBreaker(
                    context.ServiceProvider,
                    "servers",
                    HttpKey.Authority,
                    new FluxgateBreakerOptions<HttpResponseMessage>
                    {
                        Tracker = HttpTracker.TransientErrors,
                        ShouldIgnore = static arguments => new(arguments.Outcome.Exception is RateLimiterRejectedException),
                    }
                )
        );
        #endregion

        await using var provider = services.BuildServiceProvider();
        using var client = provider.Client();

        // The first attempt and the hedged one open the circuit.
        Assert.Equal(HttpStatusCode.InternalServerError, await client.StatusAsync(_server.Address));
        await client.RejectedAsync(_server.Address);
        Assert.Equal(2, _server.Requests.Count);
    }

    private async Task OpensAsync(HttpClient client, string circuit)
    {
        using (client)
        {
            (await client.PostAsync(_server.Address, content: null)).Dispose();
            Assert.Equal(circuit, (await client.RejectedAsync(_server.Address)).CircuitName);
        }
    }
}

/// <summary>Stands for the project of service defaults of an Aspire solution.</summary>
internal static class ServiceDefaults
{
    public static void AddServiceDefaults(this IHostApplicationBuilder builder) =>
        builder.Services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
}
