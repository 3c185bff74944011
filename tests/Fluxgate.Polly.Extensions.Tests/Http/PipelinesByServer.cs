using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

public sealed class PipelinesByServer
{
    private readonly List<string> _circuits = [];

    [Fact]
    public async Task A_failing_server_does_not_affect_another()
    {
        await using var broken = await HttpUpstream.StartAsync();
        await using var healthy = await HttpUpstream.StartAsync();
        broken.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        await using var services = Client(100);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("shops");

        (await client.GetAsync(broken.Address)).Dispose();

        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync(new Uri(broken.Address, "/other/page")));
        Assert.Equal($"shops/{broken.Address.ToString().TrimEnd('/')}", rejection.CircuitName);
        Assert.Equal("200", await client.GetStringAsync(healthy.Address));
        Assert.Equal(2, _circuits.Count);
    }

    [Fact]
    public async Task Servers_beyond_the_limit_share_one_pipeline()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        await using var services = Client(2, request => request.RequestUri!.AbsolutePath);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("shops");

        foreach (var path in (string[])["/a", "/b", "/c", "/d", "/a", "/c"])
        {
            Assert.Equal("200", await client.GetStringAsync(new Uri(upstream.Address, path)));
        }

        Assert.Equal(["/a", "/b", HttpAuthority.Others], _circuits);
    }

    [Theory]
    [InlineData("https://user:secret@Payments.example:443/pay?now", "https://payments.example")]
    [InlineData("http://payments.example:8080", "http://payments.example:8080")]
    [InlineData("http://[::1]:8080/x", "http://[::1]:8080")]
    [InlineData("/pay", "others")]
    public void An_authority_is_scheme_host_and_port(string address, string authority)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);

        Assert.Equal(authority, HttpAuthority.Of(request));
    }

    [Fact]
    public void A_limit_below_one_throws()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => Client(0));

        Assert.StartsWith("maxKeys must be at least 1, but is 0.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_whose_pipeline_throws_does_not_count_against_the_limit()
    {
        var pipelines = new KeyedPipelines(
            "shops",
            1,
            (_, key) =>
            {
                _circuits.Add(key);
                if (key == "https://stranger.example")
                {
                    throw new KeyNotFoundException("No breaker is named so.");
                }
            }
        );

        Assert.Throws<KeyNotFoundException>(() => pipelines["https://stranger.example"]);
        Assert.NotNull(pipelines["https://payments.example"]);
        Assert.NotNull(pipelines["https://stranger.example"]);

        Assert.Equal(["https://stranger.example", "https://payments.example", HttpAuthority.Others], _circuits);
    }

    [Fact]
    public void The_key_of_the_others_does_not_count_against_the_limit()
    {
        var pipelines = new KeyedPipelines("shops", 1, (_, key) => _circuits.Add(key));

        Assert.Same(pipelines[HttpAuthority.Others], pipelines[HttpAuthority.Others]);
        Assert.NotSame(pipelines[HttpAuthority.Others], pipelines["https://payments.example"]);
        Assert.Same(pipelines[HttpAuthority.Others], pipelines["https://orders.example"]);

        Assert.Equal([HttpAuthority.Others, "https://payments.example"], _circuits);
    }

    [Fact]
    public void Concurrent_first_requests_build_one_pipeline()
    {
        KeyedPipelines? pipelines = null;
        var found = new ResiliencePipeline<HttpResponseMessage>?[2];
        List<Thread> others = [.. Enumerable.Range(0, found.Length).Select(index => new Thread(() => found[index] = pipelines!["one"]))];
        var builds = 0;
        pipelines = new(
            "shops",
            1,
            (_, _) =>
            {
                if (Interlocked.Increment(ref builds) == 1)
                {
                    others.ForEach(thread => thread.Start());
                    Assert.True(
                        SpinWait.SpinUntil(
                            () => others.TrueForAll(thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !thread.IsAlive),
                            DiContainer.Deadline
                        )
                    );
                }
            }
        );

        var first = pipelines["one"];

        Assert.All(others, thread => Assert.True(thread.Join(DiContainer.Deadline)));
        Assert.All(found, other => Assert.Same(first, other));
        Assert.Equal(1, builds);
    }

    [Fact]
    public async Task A_null_key_throws()
    {
        await using var services = Client(1, _ => null!);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("shops");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("http://localhost"));

        Assert.Equal("keyOf must not return null, but did for a request of the client 'shops'.", error.Message);
    }

    private ServiceProvider Client(int most, Func<HttpRequestMessage, string>? keyOf = null)
    {
        var services = new ServiceCollection();
        services
            .AddHttpClient("shops")
            .AddFluxgateHandler(
                keyOf ?? HttpAuthority.Of,
                (pipeline, _, key) =>
                {
                    _circuits.Add(key);
                    pipeline.AddFluxgateBreaker(
                        new FluxgateBreakerOptions<HttpResponseMessage>
                        {
                            Settings = new() { Tripper = Tripper.FailureStreak(1) },
                            Tracker = HttpTracker.TransientErrors,
                        }
                    );
                },
                most
            );
        return services.BuildServiceProvider();
    }
}
