using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>
/// What a handler that runs a pipeline around the sends of an <see cref="HttpClient"/> has to do, with one of our breakers inside, against a
/// real server. Runs on our own handler and, where its packages can be had, on that of Microsoft.Extensions.Http.Resilience.
/// </summary>
public abstract class HttpHandlerContract
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();

    /// <summary>Puts the handler onto the client.</summary>
    protected abstract void Install(
        IHttpClientBuilder client,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider> configure
    );

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Failing_responses_open_the_circuit_and_then_nothing_is_sent(HttpStatusCode status)
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(status));
        using var breaker = Breaker(failures: 3);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = Named(services);

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync("/");
            Assert.Equal(status, response.StatusCode);
        }

        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync("/"));
        Assert.Equal("payments", rejection.CircuitName);
        Assert.Equal(3, upstream.Requests.Count);
    }

    [Fact]
    public async Task Retry_After_decides_how_long_the_circuit_stays_open_and_it_recovers()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(
            HttpUpstream.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 7),
            HttpUpstream.Status(HttpStatusCode.OK)
        );
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = Named(services);

        (await client.GetAsync("/")).Dispose();
        _time.Advance(TimeSpan.FromSeconds(6.9));
        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync("/"));
        Assert.Equal(TimeSpan.FromSeconds(0.1), rejection.RetryAfter);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("200", await client.GetStringAsync("/"));
        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public async Task Reset_connections_are_failures_and_reach_the_caller_as_they_are()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Resets);
        using var breaker = Breaker(failures: 2);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = Named(services);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/"));
        await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync("/"));
    }

    [Fact]
    public async Task A_server_that_hangs_fails_by_the_timeout_inside_the_breaker()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        using var breaker = Breaker(failures: 1);
        await using var services = Client(
            upstream,
            pipeline => AddBreaker(pipeline, breaker).AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(10) })
        );
        using var client = Named(services);

        var call = client.GetAsync("/");
        await upstream.Hanging.WaitAsync(Deadline);
        _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call.WaitAsync(Deadline));
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public async Task A_caller_who_gives_up_counts_neither_for_nor_against_the_server()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = Named(services);
        using var caller = new CancellationTokenSource();

        var call = client.GetAsync("/", caller.Token);
        await upstream.Hanging.WaitAsync(Deadline);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Deadline));
        Assert.Equal(BreakerState.Closed, breaker.State);
        Assert.Equal(1, breaker.Snapshot().Ignored);
    }

    [Fact]
    public async Task A_retry_sends_the_body_again_and_disposes_what_failed()
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
        using var client = Named(services);
        using var content = new StringContent("42 won");

        using var response = await client.PutAsync("/", content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["PUT 42 won", "PUT 42 won"], upstream.Requests);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Assert.Single(failed).Content.ReadAsStringAsync());
        Assert.Equal((2, 1), (breaker.Snapshot().Requests, breaker.Snapshot().Failures));
    }

    [Fact]
    public async Task A_handler_that_is_made_anew_keeps_the_state_of_the_breaker_in_its_pipeline()
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
    public async Task Two_clients_have_a_breaker_each()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError), HttpUpstream.Status(HttpStatusCode.OK));
        using var payments = Breaker(failures: 1);
        using var stock = new FluxgateBreaker("stock", new() { Tripper = Tripper.FailureStreak(1) }, _time);
        var collection = new ServiceCollection();
        Install(collection.AddHttpClient("payments"), (pipeline, _) => AddBreaker(pipeline, payments));
        Install(collection.AddHttpClient("stock"), (pipeline, _) => AddBreaker(pipeline, stock));
        await using var services = collection.BuildServiceProvider();
        using var first = Named(services);
        using var second = Named(services, "stock");

        (await first.GetAsync(upstream.Address)).Dispose();

        await Assert.ThrowsAsync<CallNotPermittedException>(() => first.GetAsync(upstream.Address));
        Assert.Equal("200", await second.GetStringAsync(upstream.Address));
    }

    [Fact]
    public async Task A_typed_client_is_served_as_well()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 1);
        var collection = new ServiceCollection();
        Install(
            collection.AddHttpClient<HttpTypedClient>(client => client.BaseAddress = upstream.Address),
            (pipeline, _) => AddBreaker(pipeline, breaker)
        );
        await using var services = collection.BuildServiceProvider();

        var payments = services.GetRequiredService<HttpTypedClient>();

        Assert.Equal(HttpStatusCode.InternalServerError, await payments.PayAsync());
        await Assert.ThrowsAsync<CallNotPermittedException>(payments.PayAsync);
    }

    [Fact]
    public async Task A_synchronous_send_goes_the_same_way()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = Named(services);
        using var first = new HttpRequestMessage(HttpMethod.Get, "/");
        using var second = new HttpRequestMessage(HttpMethod.Get, "/");

        using var response = client.Send(first);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Throws<CallNotPermittedException>(() => client.Send(second));
        Assert.Equal(1, breaker.Snapshot().Failures);
    }

    [Fact]
    public async Task The_container_is_at_hand_when_the_pipeline_is_built()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        var collection = new ServiceCollection();
        collection.AddSingleton(_ => Breaker(failures: 1));
        Install(
            collection.AddHttpClient("payments"),
            (pipeline, provider) => AddBreaker(pipeline, provider.GetRequiredService<FluxgateBreaker>())
        );
        await using var services = collection.BuildServiceProvider();
        using var client = Named(services);

        (await client.GetAsync(upstream.Address)).Dispose();

        Assert.Equal(BreakerState.Open, services.GetRequiredService<FluxgateBreaker>().State);
    }

    [Fact]
    public async Task Many_calls_at_once_are_all_counted()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        using var breaker = Breaker(failures: 1);
        await using var services = Client(upstream, pipeline => AddBreaker(pipeline, breaker));
        using var client = Named(services);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => client.GetStringAsync("/"))).WaitAsync(Deadline);

        Assert.Equal((64, 64), (breaker.Snapshot().Requests, breaker.Snapshot().Successes));
    }

    private static ResiliencePipelineBuilder<HttpResponseMessage> AddBreaker(
        ResiliencePipelineBuilder<HttpResponseMessage> pipeline,
        FluxgateBreaker breaker
    ) =>
        pipeline.AddFluxgateBreaker(
            new FluxgateBreakerOptions<HttpResponseMessage>
            {
                Breaker = breaker,
                Tracker = HttpTracker.TransientErrors,
                BreakDurationHint = HttpBreak.RetryAfter,
            }
        );

    private static HttpClient Named(IServiceProvider services, string name = "payments") =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    private FluxgateBreaker Breaker(int failures) =>
        new(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(failures),
                Recovery = Recovery.AfterProbes(1),
                Permit = Permit.All,
            },
            _time
        );

    private ServiceProvider Client(
        HttpUpstream upstream,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>> configure,
        Action<IHttpClientBuilder>? also = null
    )
    {
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments", client => client.BaseAddress = upstream.Address);
        Install(
            client,
            (pipeline, _) =>
            {
                pipeline.TimeProvider = _time;
                configure(pipeline);
            }
        );
        also?.Invoke(client);
        return collection.BuildServiceProvider();
    }
}
