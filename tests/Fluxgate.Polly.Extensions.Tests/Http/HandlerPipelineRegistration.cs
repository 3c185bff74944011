using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Polly;

namespace Fluxgate;

public sealed class HandlerPipelineRegistration
{
    [Fact]
    public async Task A_prebuilt_pipeline_serves_several_clients()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker();
        var pipeline = Pipeline(breaker);
        var collection = new ServiceCollection();
        collection.AddHttpClient("one").AddFluxgateHandler(pipeline);
        collection.AddHttpClient("two").AddFluxgateHandler(pipeline);
        await using var services = collection.BuildServiceProvider();
        var clients = services.GetRequiredService<IHttpClientFactory>();

        (await clients.CreateClient("one").GetAsync(upstream.Address)).Dispose();

        await Assert.ThrowsAsync<CallNotPermittedException>(() => clients.CreateClient("two").GetAsync(upstream.Address));
    }

    [Fact]
    public async Task A_pipeline_of_the_container_is_used()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        var collection = new ServiceCollection();
        collection.AddSingleton(_ => Breaker());
        collection.AddHttpClient("one").AddFluxgateHandler(services => Pipeline(services.GetRequiredService<FluxgateBreaker>()));
        await using var services = collection.BuildServiceProvider();

        await services.GetRequiredService<IHttpClientFactory>().CreateClient("one").GetStringAsync(upstream.Address);

        Assert.Equal(1, services.GetRequiredService<FluxgateBreaker>().Snapshot().Requests);
    }

    [Fact]
    public async Task A_pipeline_of_the_container_is_requested_once()
    {
        await using var pipelines = new HandlerPipelines(Substitute.For<IServiceProvider>());
        using var breaker = Breaker();
        var registration = new object();

        var first = pipelines.Provided(registration, "one", _ => Pipeline(breaker));

        Assert.Same(first, pipelines.Provided(registration, "one", _ => throw new InvalidOperationException("Asked again.")));
        Assert.NotSame(first, pipelines.Provided(new object(), "one", _ => Pipeline(breaker)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_breaker_that_a_pipeline_created_is_disposed_with_the_container(bool asynchronously)
    {
        await using var upstream = await HttpUpstream.StartAsync();
        var listener = Substitute.For<ICircuitListener>();
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("one")
            .AddFluxgateHandler((pipeline, _) => pipeline.AddFluxgateBreaker("made", new() { Listeners = { listener } }));
        var services = collection.BuildServiceProvider();
        await services.GetRequiredService<IHttpClientFactory>().CreateClient("one").GetStringAsync(upstream.Address);
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
    public async Task A_breaker_without_a_name_is_named_after_the_client()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Resets);
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("payments")
            .AddFluxgateHandler(
                (pipeline, _) =>
                    pipeline.AddFluxgateBreaker(
                        new FluxgateBreakerOptions<HttpResponseMessage> { Settings = new() { Tripper = Tripper.FailureStreak(1) } }
                    )
            );
        await using var services = collection.BuildServiceProvider();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("payments");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(upstream.Address));
        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync(upstream.Address));

        Assert.Equal("payments", rejection.CircuitName);
    }

    [Fact]
    public async Task A_handler_for_all_clients_has_a_pipeline_for_each()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Resets);
        var collection = new ServiceCollection();
        collection.ConfigureHttpClientDefaults(client =>
            client.AddFluxgateHandler(
                (pipeline, _) =>
                    pipeline.AddFluxgateBreaker(
                        new FluxgateBreakerOptions<HttpResponseMessage> { Settings = new() { Tripper = Tripper.FailureStreak(1) } }
                    )
            )
        );
        collection.AddHttpClient("payments");
        collection.AddHttpClient("orders");
        await using var services = collection.BuildServiceProvider();
        var clients = services.GetRequiredService<IHttpClientFactory>();

        await Assert.ThrowsAsync<HttpRequestException>(() => clients.CreateClient("payments").GetAsync(upstream.Address));

        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() =>
            clients.CreateClient("payments").GetAsync(upstream.Address)
        );
        Assert.Equal("payments", rejection.CircuitName);
        await Assert.ThrowsAsync<HttpRequestException>(() => clients.CreateClient("orders").GetAsync(upstream.Address));
    }

    [Fact]
    public async Task Each_container_has_its_own_pipeline()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        var built = 0;
        var collection = new ServiceCollection();
        collection.AddHttpClient("one").AddFluxgateHandler((_, _) => built++);
        await using var first = collection.BuildServiceProvider();
        await using var second = collection.BuildServiceProvider();

        await first.GetRequiredService<IHttpClientFactory>().CreateClient("one").GetStringAsync(upstream.Address);
        await second.GetRequiredService<IHttpClientFactory>().CreateClient("one").GetStringAsync(upstream.Address);

        Assert.Equal(2, built);
    }

    [Fact]
    public async Task Two_handlers_on_one_client_have_two_pipelines()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        using var outer = Breaker("outer");
        using var inner = Breaker("inner");
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("one")
            .AddFluxgateHandler((pipeline, _) => pipeline.AddFluxgateBreaker(outer))
            .AddFluxgateHandler((pipeline, _) => pipeline.AddFluxgateBreaker(inner));
        await using var services = collection.BuildServiceProvider();

        await services.GetRequiredService<IHttpClientFactory>().CreateClient("one").GetStringAsync(upstream.Address);

        Assert.Equal((1, 1), (outer.Snapshot().Successes, inner.Snapshot().Successes));
    }

    [Fact]
    public async Task A_strategy_can_read_and_replace_the_request()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        var key = new ResiliencePropertyKey<HttpRequestMessage>("Resilience.Http.RequestMessage");
        var collection = new ServiceCollection();
        collection
            .AddHttpClient("one")
            .AddFluxgateHandler(
                (pipeline, _) =>
                    pipeline.AddRetry(
                        new()
                        {
                            Delay = TimeSpan.Zero,
                            MaxRetryAttempts = 1,
                            ShouldHandle = attempt => new(attempt.Context.Properties.GetValue(key, null!).Method == HttpMethod.Get),
                            OnRetry = retry =>
                            {
                                retry.Context.Properties.Set(key, new HttpRequestMessage(HttpMethod.Delete, upstream.Address));
                                return default;
                            },
                        }
                    )
            );
        await using var services = collection.BuildServiceProvider();

        await services.GetRequiredService<IHttpClientFactory>().CreateClient("one").GetStringAsync(upstream.Address);

        Assert.Equal(["GET", "DELETE"], upstream.Requests);
    }

    [Fact]
    public void Null_arguments_throw()
    {
        var client = new ServiceCollection().AddHttpClient("one");

        Assert.Throws<ArgumentNullException>(() => client.AddFluxgateHandler((ResiliencePipeline<HttpResponseMessage>)null!));
        Assert.Throws<ArgumentNullException>(() =>
            client.AddFluxgateHandler((Func<IServiceProvider, ResiliencePipeline<HttpResponseMessage>>)null!)
        );
        Assert.Throws<ArgumentNullException>(() =>
            client.AddFluxgateHandler((Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider>)null!)
        );
        Assert.Throws<ArgumentNullException>(() => client.AddFluxgateHandler(null!, (_, _, _) => { }));
    }

    private static FluxgateBreaker Breaker(string name = "payments") => new(name, new() { Tripper = Tripper.FailureStreak(1) });

    private static ResiliencePipeline<HttpResponseMessage> Pipeline(FluxgateBreaker breaker) =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = breaker, Tracker = HttpTracker.TransientErrors }
            )
            .Build();
}
