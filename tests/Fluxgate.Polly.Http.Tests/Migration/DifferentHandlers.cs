using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>What handlers of Microsoft.Extensions.Http.Resilience do, where those of earlier builds differed, as docs/migrating-http-handlers.md lists it.</summary>
public sealed class DifferentHandlers : IAsyncLifetime
{
    private readonly ServiceCollection _services = new();
    private HttpUpstream _server = null!;

    public async Task InitializeAsync() => _server = await HttpUpstream.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_handler_of_the_defaults_has_one_pipeline_for_all_clients()
    {
        _server.Answers(HttpUpstream.Resets);
        _services.ConfigureHttpClientDefaults(http => http.AddResilienceHandler("x", AddBreaker));
        await using var provider = _services.BuildServiceProvider();
        using var payments = provider.Client();
        using var stock = provider.Client("stock");

        await Assert.ThrowsAsync<HttpRequestException>(() => payments.GetAsync(_server.Address));

        Assert.Equal("-x", (await stock.RejectedAsync(_server.Address)).CircuitName);
    }

    [Fact]
    public async Task Two_handlers_of_one_name_run_the_first_pipeline_twice()
    {
        List<string> built = [];
        var attempts = 0;
        var client = _services.AddHttpClient("payments");
        client.AddResilienceHandler(
            "x",
            pipeline =>
            {
                built.Add("first");
                pipeline.AddRetry(
                    new HttpRetryStrategyOptions
                    {
                        ShouldHandle = _ =>
                        {
                            attempts++;
                            return new(false);
                        },
                    }
                );
            }
        );
        client.AddResilienceHandler("x", _ => built.Add("second"));
        await using var provider = _services.BuildServiceProvider();
        using var http = provider.Client();

        await http.StatusAsync(_server.Address);

        Assert.Equal(["first"], built);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_handler_of_Microsoft_is_built_with_its_client_and_not_at_startup()
    {
        var built = 0;
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddHttpClient("payments").AddResilienceHandler("x", _ => built++);
        using var host = builder.Build();

        await host.StartAsync();
        Assert.Equal(0, built);
        host.Services.Client().Dispose();

        Assert.Equal(1, built);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_pipeline_that_could_not_be_built_is_not_built_again()
    {
        var attempts = 0;
        _services.AddHttpClient("payments").AddResilienceHandler("x", _ => throw new NotSupportedException($"attempt {++attempts}"));
        await using var provider = _services.BuildServiceProvider();

        Assert.Equal("attempt 1", Assert.Throws<NotSupportedException>(() => provider.Client()).Message);
        Assert.Equal("attempt 1", Assert.Throws<NotSupportedException>(() => provider.Client()).Message);
    }

    [Fact]
    public async Task A_pipeline_of_a_key_that_could_not_be_built_is_built_again()
    {
        var attempts = 0;
        _services
            .AddHttpClient("payments")
            .AddResilienceHandler(
                "x",
                _ =>
                {
                    if (++attempts == 1)
                    {
                        throw new NotSupportedException();
                    }
                }
            )
            .SelectPipelineByAuthority();
        await using var provider = _services.BuildServiceProvider();
        using var client = provider.Client();

        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetAsync(_server.Address));

        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(_server.Address));
    }

    [Fact]
    public async Task The_number_of_pipelines_by_key_has_no_limit()
    {
        List<string> keys = [];
        _services
            .AddHttpClient("payments")
            .AddResilienceHandler("x", (_, context) => keys.Add(context.InstanceName))
            .SelectPipelineBy(_ => request => request.RequestUri!.AbsolutePath);
        await using var provider = _services.BuildServiceProvider();
        using var client = provider.Client();

        for (var key = 0; key < 150; key++)
        {
            await client.StatusAsync(new Uri(_server.Address, $"/{key}"));
        }

        Assert.Equal(150, keys.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_request_without_an_absolute_address_has_no_authority()
    {
        var group = new BreakerGroup("servers");
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddFluxgateBreaker(group, HttpKey.Authority).Build();

        using var response = await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(new HttpResponseMessage()));

        Assert.Equal((1, 0), (group.Shared.Snapshot().Successes, group.Count));
    }

    [Fact]
    public void A_thousand_requests_in_flight_are_allowed_by_default()
    {
        var limits = new FluxgateStandardResilienceOptions().RateLimiter.DefaultRateLimiterOptions;

        Assert.Equal((1_000, 0), (limits.PermitLimit, limits.QueueLimit));
    }

    private static void AddBreaker(ResiliencePipelineBuilder<HttpResponseMessage> pipeline) =>
        pipeline.AddFluxgateBreaker(
            new FluxgateBreakerOptions<HttpResponseMessage> { Settings = new() { Tripper = Tripper.FailureStreak(1) } }
        );
}
