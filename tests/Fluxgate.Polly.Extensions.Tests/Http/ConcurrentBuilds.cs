using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>Checks that a recursive build throws, on one thread or several, without a deadlock and without a cached failure (trap F8).</summary>
public sealed class ConcurrentBuilds
{
    private readonly List<FluxgateBreaker> _attached = [];

    private long ListenerErrors => _attached.Sum(breaker => breaker.Snapshot().UserErrors(UserErrorSource.Listener));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_clients_whose_listeners_send_through_each_other_do_not_block(bool keyed)
    {
        using var bothAttaching = new Barrier(2);
        var waiting = 2;
        await using var services = Clients(
            ["a", "b"],
            keyed,
            (services, client) =>
            {
                if (Interlocked.Decrement(ref waiting) >= 0)
                {
                    Assert.True(bothAttaching.SignalAndWait(DiContainer.Deadline));
                }

                Send(services, client == "a" ? "b" : "a");
            }
        );
        List<HttpStatusCode> received = [];
        List<Thread> threads = [.. ((string[])["a", "b"]).Select(client => new Thread(() => Request(client)) { IsBackground = true })];

        threads.ForEach(thread => thread.Start());

        Assert.All(threads, thread => Assert.True(thread.Join(DiContainer.Deadline), "Two builds wait for each other."));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], received);
        Assert.Equal(1, ListenerErrors);

        void Request(string client)
        {
            var status = Send(services, client);
            lock (received)
            {
                received.Add(status);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_listener_that_sends_through_its_own_client_in_OnAttached_throws(bool keyed)
    {
        Exception? error = null;
        await using var services = Clients(["a"], keyed, (services, client) => error = Record.Exception(() => Send(services, client)));

        Assert.Equal(HttpStatusCode.OK, Send(services, "a"));

        Assert.Equal(
            "The pipeline of the HTTP client 'a' is requested while it is being built. Neither its configuration nor a listener in OnAttached may send through it.",
            Assert.IsType<InvalidOperationException>(error).Message
        );
        Assert.Single(_attached);
    }

    [Fact]
    public async Task A_container_pipeline_that_throws_is_requested_again()
    {
        var attempts = 0;
        await using var services = Client(client =>
            client.AddFluxgateHandler(_ =>
                ++attempts <= 2 ? throw new NotSupportedException($"attempt {attempts}") : ResiliencePipeline<HttpResponseMessage>.Empty
            )
        );

        Assert.Equal("attempt 1", Assert.Throws<NotSupportedException>(() => Send(services, "a")).Message);
        Assert.Equal("attempt 2", Assert.Throws<NotSupportedException>(() => Send(services, "a")).Message);
        Assert.Equal(HttpStatusCode.OK, Send(services, "a"));
        Assert.Equal(HttpStatusCode.OK, Send(services, "a"));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task A_build_that_throws_is_tried_again()
    {
        var attempts = 0;
        await using var services = Client(client =>
            client.AddFluxgateHandler((_, _) => _ = ++attempts <= 2 ? throw new NotSupportedException($"attempt {attempts}") : 0)
        );

        Assert.Equal("attempt 1", Assert.Throws<NotSupportedException>(() => Send(services, "a")).Message);
        Assert.Equal("attempt 2", Assert.Throws<NotSupportedException>(() => Send(services, "a")).Message);
        Assert.Equal(HttpStatusCode.OK, Send(services, "a"));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task A_null_pipeline_of_the_container_throws()
    {
        await using var services = Client(client => client.AddFluxgateHandler(_ => null!));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => services.StartAsync());

        Assert.Equal("The pipeline of the HTTP client 'a' could not be built: pipeline must not return null, but did.", error.Message);
    }

    [Fact]
    public void A_thread_waits_for_a_build_that_does_not_wait_for_it()
    {
        var (inner, outer) = (new BuildLock(), new BuildLock());
        using var innerBegun = new ManualResetEventSlim();
        using var innerMayEnd = new ManualResetEventSlim();
        List<string> log = [];
        var first = new Thread(() =>
            inner.Run(
                "the inner",
                () =>
                {
                    innerBegun.Set();
                    Assert.True(innerMayEnd.Wait(DiContainer.Deadline));
                    log.Add("inner of the first thread");
                    return 0;
                }
            )
        );
        var second = new Thread(() =>
            outer.Run("the outer", () => inner.Run("the inner", () => Add("inner of the second thread")) + Add("outer"))
        );
        first.Start();
        Assert.True(innerBegun.Wait(DiContainer.Deadline));
        second.Start();
        Assert.True(SpinWait.SpinUntil(() => second.ThreadState.HasFlag(ThreadState.WaitSleepJoin), DiContainer.Deadline));

        innerMayEnd.Set();

        Assert.True(first.Join(DiContainer.Deadline) && second.Join(DiContainer.Deadline));
        Assert.Equal(["inner of the first thread", "inner of the second thread", "outer"], log);

        int Add(string line)
        {
            log.Add(line);
            return 0;
        }
    }

    private static HttpStatusCode Send(IServiceProvider services, string client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://upstream.example");
        return services.GetRequiredService<IHttpClientFactory>().CreateClient(client).Send(request).StatusCode;
    }

    private static ServiceProvider Client(Action<IHttpClientBuilder> add)
    {
        var services = new ServiceCollection();
        add(services.AddHttpClient("a").ConfigurePrimaryHttpMessageHandler(() => new Ok()));
        return services.BuildServiceProvider();
    }

    private ServiceProvider Clients(string[] clients, bool keyed, Action<IServiceProvider, string> attached)
    {
        var collection = new ServiceCollection();
        foreach (var name in clients)
        {
            var client = collection.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => new Ok());
            if (keyed)
            {
                client.AddFluxgateHandler(HttpAuthority.Of, (pipeline, services, _) => Add(pipeline, services, name));
            }
            else
            {
                client.AddFluxgateHandler((pipeline, services) => Add(pipeline, services, name));
            }
        }

        return collection.BuildServiceProvider();

        void Add(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, IServiceProvider services, string name) =>
            pipeline.AddFluxgateBreaker(
                name,
                new()
                {
                    Listeners =
                    {
                        new OnAttaching(breaker =>
                        {
                            lock (_attached)
                            {
                                _attached.Add(breaker);
                            }

                            attached(services, name);
                        }),
                    },
                }
            );
    }

    private sealed class OnAttaching(Action<FluxgateBreaker> attached) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => attached(breaker);

        public void OnSignal(Signal signal) { }
    }

    private sealed class Ok : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
