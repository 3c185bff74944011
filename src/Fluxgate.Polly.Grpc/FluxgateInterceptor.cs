using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Fluxgate;

/// <summary>
/// Sends the calls of a gRPC client through a breaker. Each call settles once, by its final status. A rejected call fails with an
/// <see cref="RpcException"/> of <see cref="StatusCode.Unavailable"/> whose inner exception is the <see cref="CallNotPermittedException"/>.
/// </summary>
/// <remarks>
/// <para>
/// Thread-safe. It works without a container: <c>channel.Intercept(new FluxgateInterceptor(breaker))</c>. It never changes a message, a header,
/// a trailer or a status.
/// </para>
/// <para>
/// A call that its caller cancels or disposes before its end is abandoned (<see cref="FluxgateBreakerSettings.AbandonedAfter"/>). If a stream has
/// delivered a message, it is a success. A call whose token is canceled, or whose deadline has passed, before it starts is not counted. A stream
/// that is neither read to its end nor disposed settles when the garbage collector finds it.
/// </para>
/// <para>Retries of a service config of <c>Grpc.Net.Client</c> happen inside: a call with retries is one result.</para>
/// </remarks>
public sealed class FluxgateInterceptor : Interceptor
{
    private readonly FluxgateBreaker? _breaker;
    private readonly BreakerGroup? _group;
    private readonly Func<GrpcCallInfo, string?>? _keySelector;
    private readonly CallClassifier _classifier;
    private readonly Uri? _address;

    /// <summary>Creates an interceptor with one breaker for all calls.</summary>
    /// <param name="breaker">The breaker. It is not disposed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public FluxgateInterceptor(FluxgateBreaker breaker)
        : this(breaker, new()) { }

    /// <summary>Creates an interceptor with one breaker for all calls, and options.</summary>
    /// <param name="breaker">The breaker. It is not disposed.</param>
    /// <param name="options">The options, which are copied.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing.</exception>
    public FluxgateInterceptor(FluxgateBreaker breaker, FluxgateInterceptorOptions options)
        : this(options)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        _breaker = breaker;
    }

    /// <summary>Creates an interceptor with a breaker for each key.</summary>
    /// <param name="group">The group. It is not disposed.</param>
    /// <param name="keySelector">Returns the key of a call: a method of <see cref="GrpcKey"/> or your own. A call for which it returns <see langword="null"/> or throws uses the <see cref="BreakerGroup.Shared"/> breaker.</param>
    /// <param name="options">The options, which are copied. By default, those of a new <see cref="FluxgateInterceptorOptions"/>.</param>
    /// <param name="address">The address of the client, for <see cref="GrpcKey.Authority"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="group"/> or <paramref name="keySelector"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing.</exception>
    public FluxgateInterceptor(
        BreakerGroup group,
        Func<GrpcCallInfo, string?> keySelector,
        FluxgateInterceptorOptions? options = null,
        Uri? address = null
    )
        : this(options ?? new())
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(keySelector);
        (_group, _keySelector, _address) = (group, keySelector, address);
    }

    private FluxgateInterceptor(FluxgateInterceptorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _classifier = new(options.CopyValid());
    }

    /// <inheritdoc/>
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        BlockingUnaryCallContinuation<TRequest, TResponse> continuation
    )
    {
        if (Enter(context, out var call) is { } rejected)
        {
            throw rejected.Error;
        }

        if (call is null)
        {
            return continuation(request, context);
        }

        var response = call.Start(static start => start.continuation(start.request, start.context), (continuation, request, context));
        call.EndWithResponse();
        return response;
    }

    /// <inheritdoc/>
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation
    )
    {
        if (Enter(context, out var call) is { } rejected)
        {
            return rejected.Unary<TResponse>();
        }

        if (call is null)
        {
            return continuation(request, context);
        }

        var inner = call.Start(static start => start.continuation(start.request, start.context), (continuation, request, context));
        call.Follow(inner.GetStatus, inner.GetTrailers);
        return new(
            call.ReceiveAsync(inner.ResponseAsync),
            _ => inner.ResponseHeadersAsync,
            _ => inner.GetStatus(),
            _ => inner.GetTrailers(),
            _ => call.Dispose(inner),
            call
        );
    }

    /// <inheritdoc/>
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation
    )
    {
        if (Enter(context, out var call) is { } rejected)
        {
            return rejected.ServerStreaming<TResponse>();
        }

        if (call is null)
        {
            return continuation(request, context);
        }

        var inner = call.Start(static start => start.continuation(start.request, start.context), (continuation, request, context));
        call.Follow(inner.GetStatus, inner.GetTrailers);
        call.FollowUnread(inner.ResponseHeadersAsync);
        return new(
            new ResponseStream<TResponse>(inner.ResponseStream, call),
            _ => inner.ResponseHeadersAsync,
            _ => inner.GetStatus(),
            _ => inner.GetTrailers(),
            _ => call.Dispose(inner),
            call
        );
    }

    /// <inheritdoc/>
    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation
    )
    {
        if (Enter(context, out var call) is { } rejected)
        {
            return rejected.ClientStreaming<TRequest, TResponse>();
        }

        if (call is null)
        {
            return continuation(context);
        }

        var inner = call.Start(static start => start.continuation(start.context), (continuation, context));
        call.Follow(inner.GetStatus, inner.GetTrailers);
        return new(
            new RequestStream<TRequest>(inner.RequestStream, call),
            call.ReceiveAsync(inner.ResponseAsync),
            _ => inner.ResponseHeadersAsync,
            _ => inner.GetStatus(),
            _ => inner.GetTrailers(),
            _ => call.Dispose(inner),
            call
        );
    }

    /// <inheritdoc/>
    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation
    )
    {
        if (Enter(context, out var call) is { } rejected)
        {
            return rejected.DuplexStreaming<TRequest, TResponse>();
        }

        if (call is null)
        {
            return continuation(context);
        }

        var inner = call.Start(static start => start.continuation(start.context), (continuation, context));
        call.Follow(inner.GetStatus, inner.GetTrailers);
        call.FollowUnread(inner.ResponseHeadersAsync);
        return new(
            new RequestStream<TRequest>(inner.RequestStream, call),
            new ResponseStream<TResponse>(inner.ResponseStream, call),
            _ => inner.ResponseHeadersAsync,
            _ => inner.GetStatus(),
            _ => inner.GetTrailers(),
            _ => call.Dispose(inner),
            call
        );
    }

    /// <summary>Admits or rejects a call.</summary>
    /// <param name="context">The call.</param>
    /// <param name="call">The admitted call; <see langword="null"/> if it is not counted.</param>
    /// <returns>The rejected call, or <see langword="null"/>.</returns>
    private RejectedCall? Enter<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, out GrpcCall? call)
        where TRequest : class
        where TResponse : class
    {
        call = null;
        var options = context.Options;
        if (options.CancellationToken.IsCancellationRequested || options.Deadline <= TimeProvider.System.GetUtcNow().UtcDateTime)
        {
            // It fails without reaching the server.
            return null;
        }

        var breaker = _breaker ?? _group!.GetForCall(new GrpcCallInfo(context.Method, context.Host, options, _address), _keySelector!);
        if (!breaker.TryAdmit(out var admission, out var rejection))
        {
            return new(rejection);
        }

        call = admission.State == BreakerState.Disabled ? null : new(breaker, admission, _classifier, context.Method, options);
        return null;
    }
}
