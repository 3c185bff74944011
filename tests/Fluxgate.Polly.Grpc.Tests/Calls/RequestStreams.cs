using Grpc.Core;

namespace Fluxgate;

/// <summary>A call with a stream of requests waits for the server, not for its caller, and settles once by its final status.</summary>
public sealed class RequestStreams(ShopServer server) : IClassFixture<ShopServer>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly World _world = new(new() { Tripper = Tripper.MinRequests(50) & Tripper.SlowRate(1, Second) });

    private Shop.ShopClient Client => server.ClientOf(_world.Breaker);

    private long Slow => _world.Now.SlowCalls[0].Total;

    [Fact]
    public async Task A_slow_writer_does_not_make_an_upload_slow()
    {
        using var call = Client.Upload();
        call.RequestStream.WriteOptions = new(WriteFlags.NoCompress);
        Assert.Equal(WriteFlags.NoCompress, call.RequestStream.WriteOptions.Flags);
        for (var order = 0; order < 3; order++)
        {
            _world.Time.Advance(10 * Second);
            await call.RequestStream.WriteAsync(ShopServer.Order());
        }

        _world.Time.Advance(10 * Second);
        Assert.Equal(new Counts(InFlight: 1), Counts.Of(_world));
        await call.RequestStream.CompleteAsync();

        Assert.Equal(3, (await call.ResponseAsync).Number);
        Assert.Equal((new Counts(Successes: 1), 0), (Counts.Of(_world), Slow));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task The_wait_for_the_response_makes_an_upload_slow()
    {
        using var call = Client.Upload();
        await call.RequestStream.WriteAsync(ShopServer.Order(ShopServer.Wait));
        await call.RequestStream.CompleteAsync();
        _world.Time.Advance(2 * Second);
        server.State.Gate.Release();

        await call.ResponseAsync;

        Assert.Equal((new Counts(Successes: 1), 1), (Counts.Of(_world), Slow));
    }

    [Fact]
    public async Task An_upload_that_fails_is_a_failure()
    {
        using var call = Client.Upload();
        await call.RequestStream.WriteAsync(ShopServer.Order(StatusCode.Internal));

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal((StatusCode.Internal, "42"), (error.StatusCode, error.Trailers.GetValue("order")));
        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Theory]
    [InlineData(false, 0, 1)]
    [InlineData(true, 1, 0)]
    public async Task An_upload_that_its_caller_ends_is_abandoned(bool isComplete, long failures, long ignored)
    {
        using var call = Client.Upload();
        await call.RequestStream.WriteAsync(ShopServer.Order(ShopServer.Hang));
        if (isComplete)
        {
            await call.RequestStream.CompleteAsync();
        }

        _world.Time.Advance(6 * Second);
        call.Dispose();

        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(new Counts(Failures: failures, Ignored: ignored), Counts.Of(_world));
    }

    [Fact]
    public async Task A_conversation_that_ends_is_a_success()
    {
        using var call = Client.Talk();
        for (var order = 0; order < 3; order++)
        {
            var reading = call.ResponseStream.MoveNext(default);
            _world.Time.Advance(10 * Second);
            await call.RequestStream.WriteAsync(ShopServer.Order(receipts: 1), CancellationToken.None);
            Assert.True(await reading);
            Assert.Equal(1, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));

        Assert.Equal((new Counts(Successes: 1), 0), (Counts.Of(_world), Slow));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task The_wait_for_the_response_to_a_request_makes_a_conversation_slow()
    {
        using var call = Client.Talk();
        await call.RequestStream.WriteAsync(ShopServer.Order(ShopServer.Wait));
        await call.RequestStream.WriteAsync(ShopServer.Order(receipts: 1));
        _world.Time.Advance(2 * Second);
        server.State.Gate.Release();
        Assert.True(await call.ResponseStream.MoveNext(default));

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));

        Assert.Equal((new Counts(Successes: 1), 1), (Counts.Of(_world), Slow));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_conversation_that_fails_is_a_failure(int receipts)
    {
        using var call = Client.Talk();
        await call.RequestStream.WriteAsync(ShopServer.Order(StatusCode.ResourceExhausted, receipts));

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(default)) { }
        });

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 1)]
    public async Task A_conversation_that_its_caller_ends_counts_by_what_it_delivered(int receipts, long failures, long successes)
    {
        using var call = Client.Talk();
        await call.RequestStream.WriteAsync(ShopServer.Order(ShopServer.Hang, receipts));
        if (receipts > 0)
        {
            await call.ResponseStream.MoveNext(default);
        }

        _world.Time.Advance(6 * Second);
        call.Dispose();

        Assert.Equal(new Counts(successes, failures), Counts.Of(_world));
    }

    [Fact]
    public async Task A_write_that_its_caller_cancels_ends_the_conversation()
    {
        using var call = Client.Talk();
        await call.RequestStream.WriteAsync(ShopServer.Order(receipts: 1));
        await call.ResponseStream.MoveNext(default);

        await Assert.ThrowsAnyAsync<Exception>(() =>
            call.RequestStream.WriteAsync(ShopServer.Order(), new CancellationToken(canceled: true))
        );

        Assert.Equal(new Counts(Successes: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_write_that_is_not_allowed_does_not_end_the_call()
    {
        using var call = Client.Upload();
        await call.RequestStream.CompleteAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(ShopServer.Order()));
        await call.ResponseAsync;

        Assert.Equal(new Counts(Successes: 1), Counts.Of(_world));
    }
}
