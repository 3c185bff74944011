using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Checks that the outage of one of three servers leaves the other two alone, whatever its kind.</summary>
public sealed class OutagesOfOneServer : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AttemptTimeout = 10 * Second;

    private readonly HttpWorld _world = new();
    private readonly SentBody _stream = new();
    private readonly SentBody _silence = new();
    private readonly byte[] _buffer = new byte[16];
    private HttpUpstream _failing = null!;
    private HttpUpstream _healthy = null!;
    private HttpUpstream _streaming = null!;

    public enum Outage
    {
        Fails,
        Hangs,
        Resets,
        SendsHeadersOnly,
    }

    public enum Handler
    {
        StandardWithGroup,
        StandardByAuthority,
        ResilienceWithGroup,
        ResilienceByAuthority,
    }

    public static TheoryData<Handler, Outage> Outages()
    {
        var outages = new TheoryData<Handler, Outage>();
        foreach (var handler in Enum.GetValues<Handler>())
        {
            foreach (var outage in Enum.GetValues<Outage>())
            {
                outages.Add(handler, outage);
            }
        }

        return outages;
    }

    public async Task InitializeAsync()
    {
        (_failing, _healthy, _streaming) = (await _world.ServerAsync(), await _world.ServerAsync(), await _world.ServerAsync());
        _streaming.Answers(_stream.Answer);
    }

    public async Task DisposeAsync()
    {
        _silence.End();
        await _world.EndAsync();
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task The_outage_of_one_server_leaves_the_other_two_alone(Handler handler, Outage outage)
    {
        _world.Services.AddFluxgate().ConfigureDefaults(settings => settings.Tripper = Tripper.FailureStreak(2));
        Add(handler, _world.Services.AddHttpClient("payments"));
        await _world.StartAsync();
        using var client = _world.Client();

        using var response = await client.GetAsync(_streaming.Address, HttpCompletionOption.ResponseHeadersRead);
        var stream = await response.Content.ReadAsStreamAsync();
        await ReadAsync(stream);
        await FailAsync(client, outage);
        await ReadAsync(stream);
        await FailAsync(client, outage);

        Assert.Contains(_failing.Address.Authority, (await client.RejectedAsync(_failing.Address)).CircuitName, StringComparison.Ordinal);
        Assert.Equal(2, _failing.Requests.Count);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(_healthy.Address));

        // One byte a second goes on.
        await ReadAsync(stream);
        _stream.End();
        Assert.Equal(0, await stream.ReadAsync(_buffer));
        Assert.Equal(
            [(1, 0), (1, 0)],
            new[] { _healthy, _streaming }.Select(server => Of(server).Snapshot()).Select(now => ((int)now.Successes, (int)now.Failures))
        );
    }

    private static void Add(Handler handler, IHttpClientBuilder client)
    {
        switch (handler)
        {
            case Handler.StandardWithGroup:
                client.Services.AddFluxgate().AddBreakerGroup("servers");
                client.AddFluxgateStandardResilienceHandler("servers", HttpKey.Authority, options => options.CountBody = true);
                break;
            case Handler.StandardByAuthority:
                client.Services.AddFluxgate().AddBreakerGroup("servers");
                client
                    .AddFluxgateStandardResilienceHandler("servers", HttpKey.Authority, options => options.CountBody = true)
                    .SelectPipelineByAuthority();
                break;
            case Handler.ResilienceWithGroup:
                client.Services.AddFluxgate().AddBreakerGroup("servers");
                client.AddResilienceHandler(
                    "breaker",
                    (pipeline, context) =>
                        WithClock(pipeline, context)
                            .AddFluxgateBreaker(context.ServiceProvider, "servers", HttpKey.Authority, Options())
                            .AddTimeout(AttemptTimeout)
                );
                break;
            default:
                client
                    .AddResilienceHandler(
                        "breaker",
                        (pipeline, context) =>
                        {
                            var options = Options();
                            options.Breaker = context.ServiceProvider.GetRequiredService<FluxgateBreakers>().GetOrAdd(context.InstanceName);
                            WithClock(pipeline, context).AddFluxgateBreaker(options).AddTimeout(AttemptTimeout);
                        }
                    )
                    .SelectPipelineByAuthority();
                break;
        }

        static ResiliencePipelineBuilder<HttpResponseMessage> WithClock(
            ResiliencePipelineBuilder<HttpResponseMessage> pipeline,
            ResilienceHandlerContext context
        )
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            return pipeline;
        }

        static FluxgateBreakerOptions<HttpResponseMessage> Options() => new() { CountBody = true };
    }

    private FluxgateBreaker Of(HttpUpstream server)
    {
        var authority = server.Address.GetLeftPart(UriPartial.Authority);
        return _world.Breakers.TryGetGroup("servers", out var group) && group.TryGet(authority, out var member)
            ? member
            : _world.Breakers[authority];
    }

    /// <summary>Sends a request that is not retried to the server that is down.</summary>
    private async Task FailAsync(HttpClient client, Outage outage)
    {
        switch (outage)
        {
            case Outage.Fails:
                _failing.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
                using (var response = await client.PostAsync(_failing.Address, content: null))
                {
                    Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
                }

                break;
            case Outage.Hangs:
                _failing.Answers(_failing.Hangs);
                var call = client.PostAsync(_failing.Address, content: null);
                await _failing.Hanging.WaitAsync();
                _world.Time.Advance(AttemptTimeout);
                await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
                break;
            case Outage.Resets:
                _failing.Answers(HttpUpstream.Resets);
                await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(_failing.Address, content: null));
                break;
            default:
                _failing.Answers(_silence.Answer);
                using (var caller = new CancellationTokenSource())
                using (var response = await client.GetAsync(_failing.Address, HttpCompletionOption.ResponseHeadersRead))
                {
                    var read = (await response.Content.ReadAsStreamAsync()).ReadAsync(_buffer, caller.Token).AsTask();
                    _world.Time.Advance(6 * Second);
                    await caller.CancelAsync();
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
                }

                break;
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var read = stream.ReadAsync(_buffer).AsTask();
        _world.Time.Advance(Second);
        _stream.Send("x");
        Assert.Equal(1, await read);
    }
}
