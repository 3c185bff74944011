using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;

namespace Fluxgate;

/// <summary>Options select the failures, and nothing in them changes what the caller receives.</summary>
public sealed class ResultsOfCalls(ShopServer server) : IClassFixture<ShopServer>
{
    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(100) });

    [Fact]
    public async Task The_statuses_of_failures_can_be_chosen()
    {
        var codes = new HashSet<StatusCode> { StatusCode.NotFound };
        var client = server.ClientOf(_world.Breaker, new() { FailureStatusCodes = codes });
        codes.Add(StatusCode.Aborted);

        foreach (var status in new[] { StatusCode.NotFound, StatusCode.Aborted, StatusCode.Internal })
        {
            await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(status)));
        }

        Assert.Equal(new Counts(Successes: 2, Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task Predicates_see_the_method_the_status_the_exception_and_the_trailers()
    {
        var seen = new List<GrpcCallResult>();
        var options = new FluxgateInterceptorOptions
        {
            ShouldIgnore = result => result.Status.Detail == "as ordered" && result.Trailers.GetValue("order") == "43",
            ShouldHandle = result =>
            {
                seen.Add(result);
                return result.Status.StatusCode == StatusCode.OK;
            },
        };
        var client = server.ClientOf(_world.Breaker, options);

        await client.BuyAsync(ShopServer.Order());
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(StatusCode.Internal)));

        Assert.Equal(new Counts(Successes: 1, Failures: 1), Counts.Of(_world));
        Assert.Equal("/shop.Shop/Buy", seen[0].Method.FullName);
        Assert.Equal((null, false), (seen[0].Exception, seen[0].IsAbandoned));
        Assert.Same(error, seen[1].Exception);
        Assert.Equal("42", seen[1].Trailers.GetValue("order"));
    }

    [Fact]
    public async Task Ignored_results_are_selected_first_even_if_the_caller_ended_the_call()
    {
        var client = server.ClientOf(_world.Breaker, new() { ShouldIgnore = result => result.IsAbandoned });
        using var call = client.Watch(ShopServer.Order(ShopServer.Hang));
        _world.Time.Advance(TimeSpan.FromSeconds(6));

        call.Dispose();
        await client.BuyAsync(ShopServer.Order());

        Assert.Equal(new Counts(Successes: 1, Ignored: 1), Counts.Of(_world));
        Assert.Equal(0, _world.Now.AbandonedFailures);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_predicate_that_throws_leaves_the_call_alone_and_is_counted(bool ignores)
    {
        Func<GrpcCallResult, bool> predicate = _ => throw new InvalidOperationException("predicate");
        var client = server.ClientOf(_world.Breaker, ignores ? new() { ShouldIgnore = predicate } : new() { ShouldHandle = predicate });

        Assert.Equal(1, (await client.BuyAsync(ShopServer.Order())).Number);
        Assert.Equal(1, client.Buy(ShopServer.Order()).Number);
        using var call = client.Watch(ShopServer.Order(receipts: 1));
        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.False(await call.ResponseStream.MoveNext(default));

        Assert.Equal(new Counts(Ignored: 3), Counts.Of(_world));
        Assert.Equal(3, _world.Now.UserErrors(UserErrorSource.Predicate));
        Assert.Equal("predicate", _world.Notices.OfType<UserErrorNotice>().First().Error.Message);
    }

    [Theory]
    [InlineData(null, 7)]
    [InlineData(2.0, 2)]
    public async Task A_break_lasts_as_long_as_the_server_pushes_back(double? longest, int seconds)
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        var options = new FluxgateInterceptorOptions { BreakDurationHint = GrpcBreak.RetryPushback };
        options.MaxBreakDurationHint = longest is { } most ? TimeSpan.FromSeconds(most) : options.MaxBreakDurationHint;
        var client = server.ClientOf(world.Breaker, options);

        await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(ShopServer.PushBack)));

        Assert.False(world.Breaker.TryAdmit(out _, out var rejection));
        Assert.Equal(TimeSpan.FromSeconds(seconds), rejection.RetryAfter);
    }

    [Fact]
    public async Task A_hint_that_throws_leaves_the_call_a_failure_and_is_counted()
    {
        var client = server.ClientOf(_world.Breaker, new() { BreakDurationHint = _ => throw new InvalidOperationException("hint") });

        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(StatusCode.Internal)));

        Assert.Equal("as ordered", error.Status.Detail);
        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
        Assert.Equal(1, _world.Now.UserErrors(UserErrorSource.BreakDurationHint));
    }

    [Fact]
    public async Task An_exception_whose_message_throws_reaches_the_caller_and_settles_the_call()
    {
        var client = ClientOf(new FaultyException());

        await Assert.ThrowsAsync<FaultyException>(async () => await client.BuyAsync(ShopServer.Order()));

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_cancellation_whose_message_throws_reaches_the_caller_and_settles_the_call()
    {
        var client = ClientOf(new FaultyCancellation());

        await Assert.ThrowsAsync<FaultyCancellation>(async () => await client.BuyAsync(ShopServer.Order()));

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    [Fact]
    public void Invalid_options_are_reported_all_at_once()
    {
        var options = new FluxgateInterceptorOptions
        {
            MinBreakDurationHint = TimeSpan.Zero,
            MaxBreakDurationHint = TimeSpan.FromSeconds(-1),
        };
        options.FailureStatusCodes.Add(StatusCode.OK);

        var error = Assert.Throws<ArgumentException>(() => new FluxgateInterceptor(_world.Breaker, options));

        Assert.Equal(
            """
            FailureStatusCodes must not contain OK, which is the status of every call that succeeds.
            MinBreakDurationHint must be greater than zero, but is 00:00:00.
            MaxBreakDurationHint must be at least MinBreakDurationHint (00:00:00), but is -00:00:01. (Parameter 'options')
            """.ReplaceLineEndings(),
            error.Message
        );
    }

    [Theory]
    [InlineData(ShopServer.FailTwice, 1, 0)]
    [InlineData(nameof(StatusCode.Unavailable), 0, 1)]
    public async Task A_call_with_retries_inside_of_the_channel_is_one_result(string then, long successes, long failures)
    {
        var policy = new RetryPolicy
        {
            MaxAttempts = 3,
            InitialBackoff = TimeSpan.FromMilliseconds(1),
            MaxBackoff = TimeSpan.FromMilliseconds(1),
            BackoffMultiplier = 1,
            RetryableStatusCodes = { StatusCode.Unavailable },
        };
        var config = new ServiceConfig
        {
            MethodConfigs =
            {
                new() { Names = { MethodName.Default }, RetryPolicy = policy },
            },
        };
        var client = server.ClientOf(_world.Breaker, channel: new() { ServiceConfig = config });
        var (received, metadata) = (server.State.Received, new Metadata { { "call", then } });

        var error = await Record.ExceptionAsync(async () => await client.BuyAsync(ShopServer.Order(then), metadata));

        Assert.Equal(failures == 1, error is RpcException);
        Assert.Equal(3, server.State.Received - received);
        Assert.Equal(new Counts(successes, failures), Counts.Of(_world));
    }

    [Fact]
    public async Task The_same_breaker_in_a_handler_of_the_channel_belongs_to_the_probe()
    {
        var world = new World(new() { Recovery = Recovery.AfterProbes(1), Permit = Permit.MaxConcurrent(1) });
        world.Breaker.Probe();
        var handler = new Guarded(world.Breaker) { InnerHandler = new SocketsHttpHandler() };

        Assert.Equal(
            1,
            (await server.ClientOf(world.Breaker, channel: new() { HttpHandler = handler }).BuyAsync(ShopServer.Order())).Number
        );

        Assert.Equal((BreakerState.Closed, new Counts(Successes: 2)), (world.State, Counts.Of(world)));
    }

    [Fact]
    public async Task A_rejection_by_the_same_breaker_further_in_is_ignored()
    {
        var handler = new Guarded(_world.Breaker, beforeCall: () => _world.Breaker.ForceOpen()) { InnerHandler = new SocketsHttpHandler() };

        await Assert.ThrowsAsync<RpcException>(async () =>
            await server.ClientOf(_world.Breaker, channel: new() { HttpHandler = handler }).BuyAsync(ShopServer.Order())
        );

        Assert.Equal(new Counts(Ignored: 1, Rejected: 1), Counts.Of(_world));
    }

    /// <summary>Calls through a breaker, as a handler of HttpClient may.</summary>
    private sealed class Guarded(FluxgateBreaker breaker, Action? beforeCall = null) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            beforeCall?.Invoke();
            using var admission = breaker.Admit();
            var response = await base.SendAsync(request, cancellationToken);
            admission.Settle(Verdict.Success);
            return response;
        }
    }

    private Shop.ShopClient ClientOf(Exception thrown) =>
        new(
            GrpcChannel
                .ForAddress(server.Address)
                .Intercept(new FaultyInterceptor(thrown))
                .Intercept(new FluxgateInterceptor(_world.Breaker, new FluxgateInterceptorOptions()))
        );

    private sealed class FaultyException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }

    private sealed class FaultyCancellation : OperationCanceledException
    {
        public override string Message => throw new InvalidOperationException("no message");
    }

    /// <summary>Responds to each unary call with an exception.</summary>
    private sealed class FaultyInterceptor(Exception thrown) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation
        ) =>
            new(
                Task.FromException<TResponse>(thrown),
                Task.FromResult(new Metadata()),
                () => throw new InvalidOperationException("The call is not complete."),
                () => throw new InvalidOperationException("The call is not complete."),
                () => { }
            );
    }
}
