using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>Checks breakers of the container in the handlers of Microsoft.Extensions.Http.Resilience.</summary>
public sealed class MicrosoftHandlers : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private HttpUpstream _failing = null!;
    private HttpUpstream _healthy = null!;

    public async Task InitializeAsync()
    {
        (_failing, _healthy) = (await _world.ServerAsync(), await _world.ServerAsync());
        _failing.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
    }

    public async Task DisposeAsync() => await _world.EndAsync();

    [Fact]
    public async Task A_handler_uses_a_breaker_of_the_container()
    {
        _world.Services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2));
        _world
            .Services.AddHttpClient("payments")
            .AddResilienceHandler("x", (b, context) => b.AddFluxgateBreaker(context.ServiceProvider, "payments"));
        await _world.StartAsync();
        using var client = _world.Client();

        await FailAsync(client, times: 2);

        Assert.Equal("payments", (await client.RejectedAsync(_failing.Address)).CircuitName);
        Assert.Equal(2, _world.Breakers["payments"].Snapshot().Failures);
    }

    [Fact]
    public async Task A_handler_for_each_authority_uses_a_breaker_of_its_name()
    {
        _world.Services.AddFluxgate().ConfigureDefaults(settings => settings.Tripper = Tripper.FailureStreak(2));
        _world
            .Services.AddHttpClient("payments")
            .AddResilienceHandler(
                "x",
                (b, context) =>
                {
                    var breaker = context.ServiceProvider.GetRequiredService<FluxgateBreakers>().GetOrAdd(context.InstanceName);
                    b.AddFluxgateBreaker(breaker);
                }
            )
            .SelectPipelineByAuthority();
        await _world.StartAsync();
        using var client = _world.Client();

        await FailAsync(client, times: 2);

        Assert.Equal(Authority(_failing), (await client.RejectedAsync(_failing.Address)).CircuitName);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(_healthy.Address));
    }

    [Fact]
    public async Task A_handler_uses_a_group_by_authority()
    {
        _world.Services.AddFluxgate().AddBreakerGroup("servers", group => group.Settings.Tripper = Tripper.FailureStreak(2));
        _world
            .Services.AddHttpClient("payments")
            .AddResilienceHandler("x", (b, context) => b.AddFluxgateBreaker(context.ServiceProvider, "servers", HttpKey.Authority));
        await _world.StartAsync();
        using var client = _world.Client();

        await FailAsync(client, times: 2);

        Assert.Equal($"servers/{Authority(_failing)}", (await client.RejectedAsync(_failing.Address)).CircuitName);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(_healthy.Address));
    }

    [Fact]
    public async Task Hedging_skips_a_server_whose_circuit_is_open()
    {
        _world.Services.AddFluxgate().AddBreakerGroup("servers", group => group.Settings.Tripper = Tripper.FailureStreak(2));
        var http = _world.Services.AddHttpClient("payments");
        http.AddStandardHedgingHandler(routing =>
                routing.ConfigureOrderedGroups(options =>
                {
                    options.Groups.Add(new() { Endpoints = { new() { Uri = _failing.Address } } });
                    options.Groups.Add(new() { Endpoints = { new() { Uri = _healthy.Address } } });
                })
            )
            .Configure(options =>
            {
                options.Endpoint.CircuitBreaker.ShouldHandle = static _ => new(false);

                // Never by time: only failures are hedged, so that the test depends on no clock.
                options.Hedging.Delay = TimeSpan.FromSeconds(-1);
                options.Hedging.MaxHedgedAttempts = 1;
            });
        http.AddResilienceHandler(
            "breaker",
            (b, context) =>
                b.AddFluxgateBreaker(
                    context.ServiceProvider,
                    "servers",
                    HttpKey.Authority,
                    new FluxgateBreakerOptions<HttpResponseMessage>
                    {
                        Tracker = HttpTracker.TransientErrors,
                        ShouldIgnore = static arguments =>
                            new(arguments.Outcome.Exception is Polly.RateLimiting.RateLimiterRejectedException),
                    }
                )
        );
        await _world.StartAsync();
        using var client = _world.Client();

        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(new("http://payments/")));
        }

        Assert.Equal((2, 5), (_failing.Requests.Count, _healthy.Requests.Count));
        Assert.True(_world.Breakers.GetGroup("servers").TryGet(Authority(_failing), out var breaker));
        Assert.Equal((BreakerState.Open, 3), (breaker.State, breaker.Snapshot().Rejected));
    }

    private static string Authority(HttpUpstream server) => server.Address.GetLeftPart(UriPartial.Authority);

    private async Task FailAsync(HttpClient client, int times)
    {
        for (var call = 0; call < times; call++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await client.StatusAsync(_failing.Address));
        }
    }
}
