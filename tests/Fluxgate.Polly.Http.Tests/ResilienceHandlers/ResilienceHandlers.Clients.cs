using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Retry;

namespace Fluxgate;

/// <content>Checks clients of all kinds, their handlers and their requests.</content>
public sealed partial class ResilienceHandlers
{
    [Fact]
    public async Task A_retry_sends_the_body_again_and_disposes_the_failed_response()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError), HttpUpstream.Status(HttpStatusCode.OK));
        using var breaker = Breaker(failures: 5);
        var failed = new List<HttpResponseMessage>();
        await using var services = Client(
            upstream,
            pipeline =>
                AddBreaker(
                    pipeline.AddRetry(
                        new RetryStrategyOptions<HttpResponseMessage>
                        {
                            Delay = TimeSpan.Zero,
                            ShouldHandle = HttpTracker.TransientErrors,
                            OnRetry = retry =>
                            {
                                failed.Add(retry.Outcome.Result!);
                                return default;
                            },
                        }
                    ),
                    breaker
                )
        );
        using var client = services.Client();
        using var content = new StringContent("42 won");

        using var response = await client.PutAsync("/", content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["PUT 42 won", "PUT 42 won"], upstream.Requests);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Assert.Single(failed).Content.ReadAsStringAsync());
        Assert.Equal((2, 1), (breaker.Snapshot().Requests, breaker.Snapshot().Failures));
    }

    [Fact]
    public async Task A_new_handler_keeps_the_state_of_the_breaker_in_its_pipeline()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        var built = 0;
        await using var services = Client(
            upstream,
            pipeline =>
            {
                built++;
                pipeline.AddFluxgateBreaker(
                    new FluxgateBreakerOptions<HttpResponseMessage>
                    {
                        Settings = new() { Tripper = Tripper.FailureStreak(1) },
                        Tracker = HttpTracker.TransientErrors,
                    }
                );
            },
            client => client.SetHandlerLifetime(TimeSpan.FromSeconds(1))
        );
        var handlers = services.GetRequiredService<IHttpMessageHandlerFactory>();

        var first = handlers.CreateHandler("payments");
        using (var client = new HttpClient(first, disposeHandler: false) { BaseAddress = upstream.Address })
        {
            (await client.GetAsync("/")).Dispose();
        }

        using var deadline = new CancellationTokenSource(Deadline);
        var second = handlers.CreateHandler("payments");
        while (ReferenceEquals(first, second))
        {
            await Task.Delay(50, deadline.Token);
            second = handlers.CreateHandler("payments");
        }

        using var later = new HttpClient(second, disposeHandler: false) { BaseAddress = upstream.Address };
        await Assert.ThrowsAsync<CallNotPermittedException>(() => later.GetAsync("/"));
        Assert.Equal(1, built);
    }

    [Fact]
    public async Task Two_clients_have_separate_breakers()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError), HttpUpstream.Status(HttpStatusCode.OK));
        using var payments = Breaker(failures: 1);
        using var stock = new FluxgateBreaker("stock", new() { Tripper = Tripper.FailureStreak(1) }, _time);
        var collection = new ServiceCollection();
        collection.AddHttpClient("payments").AddResilienceHandler("x", pipeline => AddBreaker(pipeline, payments));
        collection.AddHttpClient("stock").AddResilienceHandler("x", pipeline => AddBreaker(pipeline, stock));
        await using var services = collection.BuildServiceProvider();
        using var first = services.Client();
        using var second = services.Client("stock");

        (await first.GetAsync(upstream.Address)).Dispose();

        await Assert.ThrowsAsync<CallNotPermittedException>(() => first.GetAsync(upstream.Address));
        Assert.Equal("200", await second.GetStringAsync(upstream.Address));
    }

    [Fact]
    public async Task A_typed_client_uses_the_handler()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 1);
        var collection = new ServiceCollection();
        collection.AddHttpClient<StandardHandlers.TypedClient>().AddResilienceHandler("x", pipeline => AddBreaker(pipeline, breaker));
        await using var services = collection.BuildServiceProvider();

        var client = services.GetRequiredService<StandardHandlers.TypedClient>().Http;

        Assert.Equal(HttpStatusCode.InternalServerError, await client.StatusAsync(upstream.Address));
        await client.RejectedAsync(upstream.Address);
    }

    [Fact]
    public async Task A_synchronous_send_uses_the_pipeline()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = services.Client();
        using var first = new HttpRequestMessage(HttpMethod.Get, "/");
        using var second = new HttpRequestMessage(HttpMethod.Get, "/");

        using var response = client.Send(first);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Throws<CallNotPermittedException>(() => client.Send(second));
        Assert.Equal(1, breaker.Snapshot().Failures);
    }

    [Fact]
    public async Task The_container_is_available_when_the_pipeline_is_built()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        var collection = new ServiceCollection();
        collection.AddSingleton(_ => Breaker(failures: 1));
        collection
            .AddHttpClient("payments")
            .AddResilienceHandler(
                "x",
                (pipeline, context) => AddBreaker(pipeline, context.ServiceProvider.GetRequiredService<FluxgateBreaker>())
            );
        await using var services = collection.BuildServiceProvider();
        using var client = services.Client();

        (await client.GetAsync(upstream.Address)).Dispose();

        Assert.Equal(BreakerState.Open, services.GetRequiredService<FluxgateBreaker>().State);
    }

    [Fact]
    public async Task Many_concurrent_calls_are_all_counted()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = services.Client();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => client.GetStringAsync("/"))).WaitAsync(Deadline);

        Assert.Equal((64, 64), (breaker.Snapshot().Requests, breaker.Snapshot().Successes));
    }
}
