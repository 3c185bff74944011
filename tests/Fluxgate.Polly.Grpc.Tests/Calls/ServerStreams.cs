using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Fluxgate;

/// <summary>A call with a stream of responses settles once: at its end, when it fails, or when its caller ends it.</summary>
public sealed class ServerStreams(ShopServer server) : IClassFixture<ShopServer>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly World _world = new(new() { Tripper = Tripper.MinRequests(50) & Tripper.SlowRate(1, Second) });

    private Shop.ShopClient Client => server.ClientOf(_world.Breaker);

    private long Slow => _world.Now.SlowCalls[0].Total;

    [Fact]
    public async Task A_stream_that_is_read_to_its_end_is_a_success()
    {
        using var call = Client.Watch(ShopServer.Order(receipts: 3));

        var numbers = await Numbers(call);

        Assert.Equal([1, 2, 3], numbers);
        Assert.Equal(new Counts(Successes: 1), Counts.Of(_world));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_stream_that_fails_is_a_failure_after_messages_too(int receipts)
    {
        using var call = Client.Watch(ShopServer.Order(StatusCode.Unavailable, receipts));

        var error = await Assert.ThrowsAsync<RpcException>(() => Numbers(call));

        Assert.Equal((StatusCode.Unavailable, "42"), (error.StatusCode, error.Trailers.GetValue("order")));
        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_stream_that_is_reset_after_messages_is_a_failure()
    {
        using var call = Client.Watch(ShopServer.Order(ShopServer.Reset, receipts: 1));

        await Assert.ThrowsAsync<RpcException>(() => Numbers(call));

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Theory]
    [InlineData("dispose")]
    [InlineData("token of the call")]
    [InlineData("token of the read")]
    public async Task A_stream_that_delivered_a_message_may_be_ended_by_its_caller(string how)
    {
        using var cancellation = new CancellationTokenSource();
        using var call = Client.Watch(
            ShopServer.Order(ShopServer.Hang, receipts: 1),
            cancellationToken: how == "token of the call" ? cancellation.Token : default
        );
        Assert.True(await call.ResponseStream.MoveNext(default));
        var reading = call.ResponseStream.MoveNext(how == "token of the read" ? cancellation.Token : default);
        _world.Time.Advance(60 * Second);

        await cancellation.CancelAsync();
        if (how == "dispose")
        {
            call.Dispose();
        }

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => reading)).StatusCode);
        Assert.Equal(new Counts(Successes: 1), Counts.Of(_world));
        Assert.Equal(1, Slow);
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(6, 1, 0)]
    public async Task A_stream_without_a_message_that_its_caller_ends_is_abandoned(double after, long failures, long ignored)
    {
        using var call = Client.Watch(ShopServer.Order(ShopServer.SendHeadersAndHang));
        await call.ResponseHeadersAsync;
        var reading = call.ResponseStream.MoveNext(default);
        _world.Time.Advance(TimeSpan.FromSeconds(after));

        call.Dispose();

        await Assert.ThrowsAsync<RpcException>(() => reading);
        Assert.Equal(new Counts(Failures: failures, Ignored: ignored), Counts.Of(_world));
    }

    [Fact]
    public async Task A_caller_that_does_not_read_does_not_wait()
    {
        using var call = Client.Watch(ShopServer.Order(ShopServer.SendHeadersAndHang));
        await call.ResponseHeadersAsync;
        _world.Time.Advance(60 * Second);
        Assert.Equal(0, _world.Now.SlowCalls[0].Overdue);

        call.Dispose();
        call.Dispose();

        Assert.Equal(new Counts(Ignored: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_token_that_is_canceled_settles_a_stream_that_nobody_reads()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = Client.Watch(ShopServer.Order(ShopServer.Hang), cancellationToken: cancellation.Token);
        _world.Time.Advance(6 * Second);

        await cancellation.CancelAsync();

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_failure_in_the_headers_counts_when_an_unread_stream_is_disposed()
    {
        using var call = Client.Watch(ShopServer.Order(StatusCode.Unavailable));
        await call.ResponseHeadersAsync;
        await Eventually.Happens(() => StatusOf(call) is { StatusCode: StatusCode.Unavailable });

        call.Dispose();

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_server_that_is_not_there_settles_a_stream_that_nobody_reads()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var client = new Shop.ShopClient(channel.Intercept(new FluxgateInterceptor(_world.Breaker)));
        using var call = client.Watch(ShopServer.Order());

        await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync);

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task An_unread_and_undisposed_stream_settles_when_it_is_collected()
    {
        await Forget();

        await Eventually.Happens(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Counts.Of(_world) == new Counts(Ignored: 1);
        });

        [MethodImpl(MethodImplOptions.NoInlining)]
        async Task Forget()
        {
            var call = Client.Watch(ShopServer.Order(ShopServer.SendHeadersAndHang));
            await call.ResponseHeadersAsync;
        }
    }

    [Fact]
    public async Task The_longest_wait_for_a_message_makes_a_stream_slow()
    {
        using var call = Client.Watch(ShopServer.Order(ShopServer.Wait, receipts: 1));
        await call.ResponseStream.MoveNext(default);
        var reading = call.ResponseStream.MoveNext(default);
        _world.Time.Advance(2 * Second);
        Assert.Equal(1, _world.Now.SlowCalls[0].Overdue);

        server.State.Gate.Release();

        Assert.False(await reading);
        Assert.Equal((new Counts(Successes: 1), 1), (Counts.Of(_world), Slow));
    }

    [Fact]
    public async Task A_slow_reader_does_not_make_a_stream_slow()
    {
        using var call = Client.Watch(ShopServer.Order(receipts: 5));
        while (await call.ResponseStream.MoveNext(default))
        {
            _world.Time.Advance(10 * Second);
            Assert.Equal((1, 0, null), (_world.Now.InFlight, _world.Now.SlowCalls[0].Overdue, _world.Now.OldestInFlight));
        }

        Assert.Equal((new Counts(Successes: 1), 0), (Counts.Of(_world), Slow));
    }

    [Fact]
    public async Task Each_message_renews_the_lease_of_a_probe()
    {
        _world.Breaker.Probe();
        using var call = Client.Watch(ShopServer.Order(receipts: 5));
        while (await call.ResponseStream.MoveNext(default))
        {
            _world.Time.Advance(20 * Second);
        }

        Assert.Equal((new Counts(Successes: 1), 0), (Counts.Of(_world), _world.Now.Stale));
    }

    [Fact]
    public async Task A_read_that_is_not_allowed_does_not_end_the_call()
    {
        using var call = Client.Watch(ShopServer.Order(ShopServer.Wait, receipts: 1));
        await call.ResponseStream.MoveNext(default);
        var reading = call.ResponseStream.MoveNext(default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext(default));
        Assert.Equal(new Counts(InFlight: 1), Counts.Of(_world));
        server.State.Gate.Release();

        Assert.False(await reading);
        Assert.Equal(new Counts(Successes: 1), Counts.Of(_world));
        call.Dispose();
        Assert.Throws<ObjectDisposedException>(() => call.ResponseStream.MoveNext(default).IsCompleted);
    }

    [Fact]
    public async Task A_channel_that_is_disposed_abandons_its_calls()
    {
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Shop.ShopClient(channel.Intercept(new FluxgateInterceptor(_world.Breaker)));
        using var call = client.Watch(ShopServer.Order(ShopServer.Hang));
        var reading = call.ResponseStream.MoveNext(default);

        channel.Dispose();

        await Assert.ThrowsAsync<RpcException>(() => reading);
        Assert.Equal(new Counts(Ignored: 1), Counts.Of(_world));
    }

    private static Status? StatusOf(AsyncServerStreamingCall<Receipt> call)
    {
        try
        {
            return call.GetStatus();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<int[]> Numbers(AsyncServerStreamingCall<Receipt> call)
    {
        var numbers = new List<int>();
        await foreach (var receipt in call.ResponseStream.ReadAllAsync())
        {
            numbers.Add(receipt.Number);
        }

        return [.. numbers];
    }
}
