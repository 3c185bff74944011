using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>Checks that mistakes in the clients' pipelines stop the start of the host.</summary>
public sealed class ClientsAtStartup : IAsyncLifetime
{
    private readonly HttpWorld _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.EndAsync();

    [Fact]
    public async Task A_breaker_that_is_not_defined_stops_the_start()
    {
        _world.Services.AddFluxgate().AddBreaker("payments");
        _world.Services.AddHttpClient("shop").AddFluxgateStandardResilienceHandler("payment");

        var message = await _world.FailedStartAsync();

        Assert.StartsWith("The HTTP client 'shop' could not be built: No breaker is named 'payment'.", message, StringComparison.Ordinal);
        Assert.Contains("payments", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breaker_of_keyed_pipelines_that_is_not_defined_stops_the_start()
    {
        _world.Services.AddHttpClient("shop").AddFluxgateStandardResilienceHandler("shop").SelectPipelineByAuthority();

        Assert.Contains("No breaker is named 'shop'.", await _world.FailedStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mistakes_of_all_clients_are_reported()
    {
        _world.Services.AddHttpClient("shop").AddFluxgateStandardResilienceHandler("shop");
        _world.Services.AddHttpClient("stock").AddFluxgateStandardResilienceHandler("stocks", HttpKey.Authority);

        var message = await _world.FailedStartAsync();

        Assert.Contains("The HTTP client 'shop' could not be built: No breaker is named 'shop'.", message, StringComparison.Ordinal);
        Assert.Contains("The HTTP client 'stock' could not be built: No group is named 'stocks'.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handlers_of_the_same_client_are_built_too()
    {
        _world.Services.AddFluxgate().AddBreaker("payments");
        var client = _world.Services.AddHttpClient("payments");
        client.AddFluxgateStandardResilienceHandler("payments");
        client.AddResilienceHandler("x", (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "other"));

        Assert.Contains("No breaker is named 'other'.", await _world.FailedStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_standard_handler_of_a_client_is_an_error()
    {
        var client = _world.Services.AddHttpClient("payments");
        client.AddFluxgateStandardResilienceHandler("payments");

        Assert.Equal(
            "The HTTP client 'payments' has a standard resilience handler of Fluxgate already.",
            Assert.Throws<InvalidOperationException>(() => client.AddFluxgateStandardResilienceHandler("payments")).Message
        );
    }
}
