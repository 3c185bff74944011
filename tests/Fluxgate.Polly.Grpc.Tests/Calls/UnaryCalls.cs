using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Fluxgate;

/// <summary>A unary call settles once, by its final status.</summary>
public sealed class UnaryCalls(ShopServer server) : IClassFixture<ShopServer>
{
    private static readonly StatusCode[] Failures =
    [
        StatusCode.Unavailable,
        StatusCode.DeadlineExceeded,
        StatusCode.Internal,
        StatusCode.Unknown,
        StatusCode.DataLoss,
        StatusCode.ResourceExhausted,
    ];

    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(100) });

    public static TheoryData<StatusCode, bool> Statuses
    {
        get
        {
            var statuses = new TheoryData<StatusCode, bool>();
            foreach (var status in Enum.GetValues<StatusCode>().Where(status => status != StatusCode.OK))
            {
                statuses.Add(status, false);
                statuses.Add(status, true);
            }

            return statuses;
        }
    }

    private Shop.ShopClient Client => server.ClientOf(_world.Breaker);

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task A_status_counts_as_documented_and_reaches_the_caller(StatusCode status, bool isBlocking)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            _ = isBlocking ? Client.Buy(ShopServer.Order(status)) : await Client.BuyAsync(ShopServer.Order(status))
        );

        Assert.Equal((status, "as ordered", "42"), (error.StatusCode, error.Status.Detail, error.Trailers.GetValue("order")));
        Assert.Equal(Failures.Contains(status) ? new Counts(Failures: 1) : new Counts(Successes: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_response_is_a_success_with_its_headers_status_and_trailers()
    {
        using var call = Client.BuyAsync(ShopServer.Order());

        Assert.Equal(1, (await call.ResponseAsync).Number);
        Assert.Equal(new Counts(Successes: 1), Counts.Of(_world));
        Assert.NotNull((await call.ResponseHeadersAsync).GetValue("date"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
        Assert.Equal(1, Client.Buy(ShopServer.Order()).Number);
        Assert.Equal(new Counts(Successes: 2), Counts.Of(_world));
    }

    [Fact]
    public async Task A_call_that_nobody_awaits_settles()
    {
        var call = Client.BuyAsync(ShopServer.Order(StatusCode.Unavailable));
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deadline_that_passes_is_a_failure(bool throwsCancellation)
    {
        var client = server.ClientOf(_world.Breaker, channel: new() { ThrowOperationCanceledOnCancellation = throwsCancellation });

        // On a busy machine, a deadline may pass before its call begins, which then is not counted.
        while (_world.Now.Requests < 1)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
                await client.BuyAsync(ShopServer.Order(ShopServer.Hang), deadline: Soon())
            );
            Assert.Equal(throwsCancellation, error is OperationCanceledException);
        }

        while (_world.Now.Requests < 2)
        {
            Assert.ThrowsAny<Exception>(() => client.Buy(ShopServer.Order(ShopServer.Hang), deadline: Soon()));
        }

        Assert.Equal(new Counts(Failures: 2), Counts.Of(_world));

        static DateTime Soon() => TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(50);
    }

    [Theory]
    [InlineData(ShopServer.Reset)]
    [InlineData(ShopServer.Reset, true)]
    public async Task A_stream_that_is_reset_is_a_failure(string then, bool isBlocking = false)
    {
        await Assert.ThrowsAsync<RpcException>(async () =>
            _ = isBlocking ? Client.Buy(ShopServer.Order(then)) : await Client.BuyAsync(ShopServer.Order(then))
        );

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var client = new Shop.ShopClient(channel.Intercept(new FluxgateInterceptor(_world.Breaker)));

        await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order()));

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Theory]
    [InlineData(1, false, 0, 1)]
    [InlineData(1, true, 0, 1)]
    [InlineData(6, false, 1, 0)]
    [InlineData(6, true, 1, 0)]
    public async Task A_call_that_its_caller_ends_is_abandoned(double after, bool disposes, long failures, long ignored)
    {
        using var cancellation = new CancellationTokenSource();
        using var call = Client.BuyAsync(ShopServer.Order(ShopServer.Hang), cancellationToken: cancellation.Token);
        _world.Time.Advance(TimeSpan.FromSeconds(after));

        if (disposes)
        {
            call.Dispose();
        }
        else
        {
            await cancellation.CancelAsync();
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.Equal(new Counts(Failures: failures, Ignored: ignored), Counts.Of(_world));
        Assert.Equal((failures, ignored), (_world.Now.AbandonedFailures, _world.Now.AbandonedIgnored));
    }

    [Fact]
    public async Task A_timeout_inside_the_channel_is_not_a_cancellation_by_the_caller()
    {
        var client = server.ClientOf(
            _world.Breaker,
            channel: new() { HttpHandler = new TimingOut { InnerHandler = new SocketsHttpHandler() } }
        );

        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order()));

        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_call_that_cannot_reach_the_server_is_not_counted()
    {
        var past = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-1);

        await Assert.ThrowsAsync<RpcException>(async () => await Client.BuyAsync(ShopServer.Order(), deadline: past));
        await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.BuyAsync(ShopServer.Order(), cancellationToken: new(canceled: true))
        );
        var noUtc = DateTime.SpecifyKind(DateTime.MaxValue.AddDays(-1), DateTimeKind.Local);
        Assert.Throws<InvalidOperationException>(() => Client.Buy(ShopServer.Order(), deadline: noUtc));

        Assert.Equal((0, 1), (_world.Now.Successes + _world.Now.Failures, _world.Now.Ignored));
        Assert.Equal(0, _world.Now.InFlight);
    }

    [Fact]
    public async Task A_disabled_circuit_counts_nothing()
    {
        _world.Breaker.Disable();

        await Assert.ThrowsAsync<RpcException>(async () => await Client.BuyAsync(ShopServer.Order(StatusCode.Internal)));

        Assert.Equal(default, Counts.Of(_world));
    }

    private sealed class TimingOut : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new TaskCanceledException("The handler gave up.", new TimeoutException());
    }
}
