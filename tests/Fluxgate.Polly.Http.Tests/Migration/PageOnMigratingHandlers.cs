using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>The code of docs/migrating-http-handlers.md that replaces the handlers of earlier builds.</summary>
public sealed class PageOnMigratingHandlers : IAsyncLifetime
{
    private readonly ServiceCollection services = new();
    private HttpUpstream _server = null!;

    private string Authority => _server.Address.GetLeftPart(UriPartial.Authority);

    public async Task InitializeAsync()
    {
        _server = await HttpUpstream.StartAsync();
        _server.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_callback_builds_the_pipeline()
    {
        #region docs/migrating-http-handlers.md: A callback that builds a pipeline
        services
            .AddHttpClient("payments")
            .AddResilienceHandler(
                "breaker",
                (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "payments").AddTimeout(TimeSpan.FromSeconds(2))
            );
        #endregion

        services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(1));
        await OpensAsync("payments", "payments");
    }

    [Fact]
    public async Task A_pipeline_that_exists_serves_two_clients_and_outlives_their_container()
    {
        using var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) });
        var payments = new ResiliencePipelineBuilder<HttpResponseMessage>().AddTransient(breaker).Build();

        #region docs/migrating-http-handlers.md: A pipeline
        services.AddHttpClient("payments").AddResilienceHandler("payments", pipeline => pipeline.AddPipeline(payments));
        services.AddHttpClient("refunds").AddResilienceHandler("payments", pipeline => pipeline.AddPipeline(payments));
        #endregion

        await using (var provider = services.BuildServiceProvider())
        {
            using var first = provider.Client();
            using var second = provider.Client("refunds");
            await first.StatusAsync(_server.Address);
            Assert.Equal("payments", (await second.RejectedAsync(_server.Address)).CircuitName);
        }

        Assert.Throws<CallNotPermittedException>(() => payments.Execute(() => new HttpResponseMessage()));
    }

    [Fact]
    public async Task A_pipeline_of_the_container_is_used()
    {
        services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(1));
        services.AddResiliencePipeline<string, HttpResponseMessage>(
            "payments",
            (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "payments")
        );

        #region docs/migrating-http-handlers.md: A pipeline of the container
        services
            .AddHttpClient("payments")
            .AddResilienceHandler(
                "payments",
                (pipeline, context) =>
                    pipeline.AddPipeline(
                        context
                            .ServiceProvider.GetRequiredService<ResiliencePipelineProvider<string>>()
                            .GetPipeline<HttpResponseMessage>("payments")
                    )
            );
        #endregion

        await OpensAsync("payments", "payments");
    }

    [Fact]
    public async Task A_group_has_a_breaker_for_each_server()
    {
        #region docs/migrating-http-handlers.md: A breaker for each server
        services.AddFluxgate().AddBreakerGroup("servers", group => group.Options.MaxBreakers = 100);
        services
            .AddHttpClient("crawler")
            .AddResilienceHandler(
                "breaker",
                (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "servers", HttpKey.Authority)
            );
        #endregion

        services.AddFluxgate().AddBreakerGroup("servers", group => group.Settings.Tripper = Tripper.FailureStreak(1));
        await OpensAsync("crawler", $"servers/{Authority}");
    }

    [Fact]
    public async Task A_pipeline_for_each_server_has_a_breaker_of_the_container()
    {
        #region docs/migrating-http-handlers.md: A pipeline for each server
        services
            .AddHttpClient("shops")
            .AddResilienceHandler(
                "breaker",
                (pipeline, context) =>
                {
                    var breakers = context.ServiceProvider.GetRequiredService<FluxgateBreakers>();
                    pipeline.AddConcurrencyLimiter(permitLimit: 10).AddFluxgateBreaker(breakers.GetOrAdd(context.InstanceName));
                }
            )
            .SelectPipelineByAuthority();
        #endregion

        services.AddFluxgate().ConfigureDefaults(settings => settings.Tripper = Tripper.FailureStreak(1));
        await OpensAsync("shops", Authority);
    }

    [Fact]
    public async Task The_standard_pipeline_is_a_handler()
    {
        #region docs/migrating-http-handlers.md: The standard pipeline
        services.AddFluxgate().AddBreaker("payments");
        services
            .AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler(
                "payments",
                standard =>
                {
                    standard.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(20);
                    standard.AttemptTimeout.Timeout = TimeSpan.FromSeconds(5);
                    standard.Retry.MaxRetryAttempts = 2;
                    standard.Retry.Delay = TimeSpan.FromSeconds(1);
                    standard.Retry.ShouldHandle = HttpTracker.TransientErrors;
                    standard.RetryEveryMethod = false;
                    standard.Tracker = HttpTracker.TransientErrors;
                }
            );
        #endregion

        services.Configure<FluxgateBreakerSettings>("payments", settings => settings.Tripper = Tripper.FailureStreak(1));
        await OpensAsync("payments", "payments");
    }

    [Fact]
    public async Task A_client_without_retries_sends_a_request_once()
    {
        services.AddFluxgate().AddBreaker("payments");

        #region docs/migrating-http-handlers.md: No retries
        services
            .AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler("payments", standard => standard.Retry.ShouldHandle = static _ => new(false));
        #endregion

        await using var provider = services.BuildServiceProvider();
        using var client = provider.Client();
        await client.StatusAsync(_server.Address);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task All_clients_have_a_breaker_of_their_own()
    {
        #region docs/migrating-http-handlers.md: A handler for all clients
        services.AddFluxgate();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
        #endregion

        services.AddFluxgate().ConfigureDefaults(settings => settings.Tripper = Tripper.FailureStreak(1));
        await OpensAsync("payments", "payments");
        await OpensAsync("stock", "stock");
    }

    private async Task OpensAsync(string name, string circuit)
    {
        await using var provider = services.BuildServiceProvider();
        using var client = provider.Client(name);
        (await client.PostAsync(_server.Address, content: null)).Dispose();
        Assert.Equal(circuit, (await client.RejectedAsync(_server.Address)).CircuitName);
    }
}
