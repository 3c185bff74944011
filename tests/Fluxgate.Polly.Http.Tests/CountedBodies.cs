using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Checks with a real server that with <c>CountBody</c> the body of a response belongs to the call.</summary>
public abstract partial class CountedBodies : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HttpWorld _world = new();
    private readonly SentBody _body = new();
    private readonly Channel<bool> _reads = Channel.CreateUnbounded<bool>();
    private readonly byte[] _buffer = new byte[64];
    private HttpUpstream _server = null!;
    private HttpClient _client = null!;

    private BreakerSnapshot Now => _world.Breakers["downloads"].Snapshot();

    private long Slow => Now.SlowCalls[0].Total;

    private protected virtual Version Version => HttpVersion.Version11;

    /// <summary>Adds a handler with the breaker to a client.</summary>
    private protected abstract void AddHandler(IHttpClientBuilder client, bool countBody);

    public async Task InitializeAsync()
    {
        _server = await _world.ServerAsync(Version == HttpVersion.Version20 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        _world.Services.ConfigureHttpClientDefaults(clients =>
            clients.ConfigureHttpClient(client =>
                (client.DefaultRequestVersion, client.DefaultVersionPolicy) = (Version, HttpVersionPolicy.RequestVersionExact)
            )
        );
        _world
            .Services.AddFluxgate()
            .AddBreaker(
                "downloads",
                settings =>
                {
                    settings.Tripper = Tripper.FailureStreak(2) | (Tripper.MinRequests(2) & Tripper.SlowRate(1, Second));
                    (settings.Permit, settings.Recovery) = (Permit.All, Recovery.AfterProbes(1));
                }
            );
        AddHandler(_world.Services.AddHttpClient("downloads"), countBody: true);
        var noted = _world.Services.AddHttpClient("noted");
        AddHandler(noted, countBody: true);
        noted.AddHttpMessageHandler(() => new ReadsNoted(_reads.Writer));
        AddHandler(_world.Services.AddHttpClient("headers"), countBody: false);
        await _world.StartAsync();
        _client = _world.Client("downloads");
        _server.Answers(_body.Answer);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _body.End();
        await _world.EndAsync();
    }

    [Fact]
    public async Task Headers_without_a_body_open_the_circuit_while_they_are_read()
    {
        using var first = await HeadersAsync();
        using var second = await HeadersAsync();
        _world.Time.Advance(100 * Second);
        Assert.Equal((BreakerState.Closed, 0L), (Now.State, Now.SlowCalls[0].Overdue));
        var reads = new[] { ReadAsync(await BodyOf(first)), ReadAsync(await BodyOf(second)) };

        _world.Time.Advance(1.25 * Second);

        Assert.Equal(BreakerState.Open, Now.State);
        Assert.All(reads, read => Assert.False(read.IsCompleted));
        _body.End();
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task Headers_without_a_body_open_the_circuit_while_HttpClient_buffers()
    {
        using var caller = new CancellationTokenSource();
        using var client = _world.Client("noted");
        var calls = new[] { client.GetAsync(_server.Address, caller.Token), client.GetAsync(_server.Address, caller.Token) };
        await BufferingAsync();
        await BufferingAsync();

        _world.Time.Advance(1.25 * Second);

        Assert.Equal(BreakerState.Open, Now.State);
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
        Assert.Equal((2, 0), (Now.Requests, Now.InFlight));
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(6, 0, 1)]
    public async Task A_caller_that_gives_up_reading_counts_by_how_long_it_waited(int seconds, long successes, long failures)
    {
        using var caller = new CancellationTokenSource();
        using var response = await HeadersAsync();
        var read = ReadAsync(await BodyOf(response), caller.Token);
        _world.Time.Advance(seconds * Second);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal((successes, failures, failures), (Now.Successes, Now.Failures, Now.AbandonedFailures));
    }

    [Fact]
    public Task A_call_abandoned_while_HttpClient_buffers_is_a_failure() => GiveUpWhileHttpClientBuffersAsync(isSynchronous: false);

    private protected async Task GiveUpWhileHttpClientBuffersAsync(bool isSynchronous)
    {
        using var caller = new CancellationTokenSource();
        using var request = RequestOf(HttpMethod.Get);
        using var client = _world.Client("noted");
        var call = isSynchronous ? Task.Run(() => client.Send(request, caller.Token)) : client.SendAsync(request, caller.Token);
        await BufferingAsync();
        _world.Time.Advance(6 * Second);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((1, 1, 0), (Now.Failures, Now.AbandonedFailures, Now.InFlight));
    }

    [Fact]
    public async Task A_long_download_is_not_slow()
    {
        using var response = await HeadersAsync();
        var body = await BodyOf(response);
        for (var part = 0; part < 20; part++)
        {
            Assert.Equal(1, await ReadAsync(body, () => _body.Send("x"), after: 0.75));
        }

        Assert.Equal((0, 1), (Now.Requests, Now.InFlight));
        Assert.Equal(0, await ReadAsync(body, _body.End, after: 0.75));

        Assert.Equal((1, 0, 0), (Now.Successes, Slow, Now.InFlight));
        Assert.Equal(BreakerState.Closed, Now.State);
    }

    [Fact]
    public async Task The_longest_wait_for_bytes_makes_a_download_slow()
    {
        using var response = await HeadersAsync();
        var body = await BodyOf(response);
        await ReadAsync(body, () => _body.Send("x"), after: 1.25);
        await ReadAsync(body, _body.End, after: 0.25);

        Assert.Equal((1, 1), (Now.Successes, Slow));
    }

    [Fact]
    public async Task A_slow_consumer_does_not_make_a_call_slow()
    {
        using var response = await HeadersAsync();
        var body = await BodyOf(response);
        for (var part = 0; part < 3; part++)
        {
            await ReadAsync(body, () => _body.Send("x"), after: 0);
            _world.Time.Advance(100 * Second);
        }

        await ReadAsync(body, _body.End, after: 0);

        Assert.Equal((1, 0, BreakerState.Closed), (Now.Successes, Slow, Now.State));
    }

    [Fact]
    public async Task Each_byte_renews_the_lease_of_a_probe()
    {
        _world
            .Breakers["downloads"]
            .Reconfigure(
                new()
                {
                    Tripper = Tripper.FailureStreak(2),
                    Permit = Permit.All,
                    Recovery = Recovery.AfterProbes(1),
                }
            );
        _world.Breakers["downloads"].Probe();
        using var response = await HeadersAsync();
        var body = await BodyOf(response);
        for (var part = 0; part < 4; part++)
        {
            await ReadAsync(body, () => _body.Send("x"), after: 20);
        }

        Assert.Equal((BreakerState.HalfOpen, 0), (Now.State, Now.Requests));
        await ReadAsync(body, _body.End, after: 20);

        Assert.Equal((BreakerState.Closed, 1, 0), (Now.State, Now.Successes, Now.Stale));
    }

    [Fact]
    public async Task A_probe_whose_body_stalls_fails_when_its_lease_expires()
    {
        _world.Breakers["downloads"].Probe();
        using var response = await HeadersAsync();
        var read = ReadAsync(await BodyOf(response));

        _world.Time.Advance(31 * Second);

        var rejected = await Assert.ThrowsAsync<CallNotPermittedException>(HeadersAsync);
        Assert.Contains("lease", $"{rejected.Reason}", StringComparison.Ordinal);
        Assert.Equal((BreakerState.Open, 1), (Now.State, Now.Failures));
        _body.End();
        await read;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_reset_of_the_body_is_a_failure(int parts)
    {
        using var response = await HeadersAsync();
        var body = await BodyOf(response);
        for (var part = 0; part < parts; part++)
        {
            await ReadAsync(body, () => _body.Send("x"), after: 0);
        }

        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(body, _body.Reset, after: 0));

        Assert.Equal((0, 1, 0), (Now.Successes, Now.Failures, Now.InFlight));
    }

    [Fact]
    public async Task A_reset_while_HttpClient_buffers_is_a_failure()
    {
        using var client = _world.Client("noted");
        var calls = new[] { client.GetAsync(_server.Address), client.GetAsync(_server.Address) };
        await BufferingAsync();
        await BufferingAsync();

        _body.Reset();

        await Assert.ThrowsAsync<HttpRequestException>(() => calls[0]);
        await Assert.ThrowsAsync<HttpRequestException>(() => calls[1]);
        Assert.Equal((2, BreakerState.Open), (Now.Failures, Now.State));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_response_that_is_disposed_early_is_a_success(int parts)
    {
        var response = await HeadersAsync();
        var body = await BodyOf(response);
        for (var part = 0; part < parts; part++)
        {
            await ReadAsync(body, () => _body.Send("x"), after: 0);
        }

        _world.Time.Advance(100 * Second);
        response.Dispose();

        Assert.Equal((1, 0, 0, 0), (Now.Successes, Now.Failures, Now.InFlight, Slow));
    }

    [Fact]
    public async Task Without_the_option_only_the_headers_count()
    {
        using var plain = _world.Client("headers");
        using var response = await plain.GetAsync(_server.Address, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((1, 0), (Now.Successes, Now.InFlight));

        await Assert.ThrowsAnyAsync<IOException>(async () => await ReadAsync(await BodyOf(response), _body.Reset, after: 100));

        Assert.Equal((1, 1, 0, BreakerState.Closed), (Now.Requests, Now.Successes, Slow, Now.State));
    }

    private static Task<Stream> BodyOf(HttpResponseMessage response) => response.Content.ReadAsStreamAsync();

    private HttpRequestMessage RequestOf(HttpMethod method) =>
        new(method, _server.Address) { Version = Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private Task<HttpResponseMessage> HeadersAsync() => _client.GetAsync(_server.Address, HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Completes when HttpClient has begun to buffer the next response.</summary>
    private async Task BufferingAsync() => await _reads.Reader.ReadAsync().AsTask().WaitAsync(20 * Second);

    private async Task<int> ReadAsync(Stream body, CancellationToken cancellationToken = default) =>
        await body.ReadAsync(_buffer, cancellationToken);

    /// <summary>Reads a part that the server sends after some seconds.</summary>
    private async Task<int> ReadAsync(Stream body, Action send, double after)
    {
        var read = ReadAsync(body);
        _world.Time.Advance(after * Second);
        send();
        return await read;
    }
}
