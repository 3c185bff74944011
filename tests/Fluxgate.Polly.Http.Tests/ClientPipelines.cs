using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NSubstitute;
using Polly;

namespace Fluxgate;

/// <summary>Checks when the pipelines of clients are built, and how long they and their breakers live.</summary>
public sealed class ClientPipelines : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private HttpUpstream _server = null!;

    public async Task InitializeAsync() => _server = await _world.ServerAsync();

    public async Task DisposeAsync() => await _world.EndAsync();

    // In any order of registration: the client cannot be built without the breaker, but the invalid settings are the cause.
    [Fact]
    public async Task Invalid_settings_are_reported_before_clients()
    {
        var services = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        services.Services.AddHttpClient("shop").AddFluxgateStandardResilienceHandler("payments");
        services
            .Services.AddFluxgate()
            .AddBreaker("payments", settings => settings.ProbeLease = TimeSpan.Zero)
            .AddBreaker("orders", settings => settings.ProbeLease = TimeSpan.Zero);
        using var host = services.Build();

        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(2, error.Failures.Count());
    }

    [Fact]
    public async Task A_client_without_breakers_in_the_container_stops_the_start()
    {
        var services = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        services.Services.AddHttpClient("shop").AddFluxgateStandardResilienceHandler("payments");
        using var host = services.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.StartsWith("The HTTP client 'shop' could not be built: No breaker is named 'payments'.", error.Message);
    }

    [Fact]
    public async Task Requests_use_the_pipeline_that_was_built_at_startup()
    {
        var built = 0;
        _world.Services.AddFluxgate().AddBreaker("payments");
        var client = _world.Services.AddHttpClient("payments");
        client.AddFluxgateStandardResilienceHandler("payments");
        client.AddResilienceHandler("x", _ => built++);

        await _world.StartAsync();
        Assert.Equal(1, built);
        using var http = _world.Client();
        await http.StatusAsync(_server.Address);

        Assert.Equal(1, built);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_breaker_that_a_pipeline_created_is_disposed_with_the_container(bool asynchronously)
    {
        var listener = Substitute.For<ICircuitListener>();
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("payments")
            .AddResilienceHandler("x", pipeline => pipeline.AddFluxgateBreaker("made", new() { Listeners = { listener } }));
        var services = collection.BuildServiceProvider();
        using var client = services.Client();
        await client.StatusAsync(_server.Address);
        listener.DidNotReceive().OnDetached(Arg.Any<FluxgateBreaker>());

        if (asynchronously)
        {
            await services.DisposeAsync();
        }
        else
        {
            services.Dispose();
        }

        listener.Received(1).OnDetached(Arg.Is<FluxgateBreaker>(breaker => breaker.Name == "made"));
    }

    [Fact]
    public async Task A_breaker_without_a_name_is_named_after_client_and_handler()
    {
        _server.Answers(HttpUpstream.Resets);
        _world
            .Services.AddHttpClient("payments")
            .AddResilienceHandler(
                "x",
                pipeline =>
                    pipeline.AddFluxgateBreaker(
                        new FluxgateBreakerOptions<HttpResponseMessage> { Settings = new() { Tripper = Tripper.FailureStreak(1) } }
                    )
            );
        using var client = _world.Client();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(_server.Address));

        Assert.Equal("payments-x", (await client.RejectedAsync(_server.Address)).CircuitName);
    }
}
