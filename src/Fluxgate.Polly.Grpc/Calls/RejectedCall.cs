using Grpc.Core;

namespace Fluxgate;

/// <summary>A call that a breaker rejected, in every form that a caller can wait for.</summary>
internal sealed class RejectedCall
{
    private readonly Task<Metadata> _headers;

    public RejectedCall(CallNotPermittedException rejection)
    {
        Error = new(new Status(StatusCode.Unavailable, rejection.Message, rejection));
        _headers = Fail<Metadata>();
    }

    public RpcException Error { get; }

    public AsyncUnaryCall<TResponse> Unary<TResponse>() => new(Fail<TResponse>(), _headers, Status, Trailers, Dispose);

    public AsyncServerStreamingCall<TResponse> ServerStreaming<TResponse>() =>
        new(new Responses<TResponse>(this), _headers, Status, Trailers, Dispose);

    public AsyncClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>() =>
        new(new Requests<TRequest>(this), Fail<TResponse>(), _headers, Status, Trailers, Dispose);

    public AsyncDuplexStreamingCall<TRequest, TResponse> DuplexStreaming<TRequest, TResponse>() =>
        new(new Requests<TRequest>(this), new Responses<TResponse>(this), _headers, Status, Trailers, Dispose);

    private static Metadata Trailers() => [];

    private static void Dispose() { }

    private Status Status() => Error.Status;

    private Task<T> Fail<T>()
    {
        var failed = Task.FromException<T>(Error);

        // A caller waits for one part of the call, not for all of them.
        _ = failed.Exception;
        return failed;
    }

    private sealed class Responses<TResponse>(RejectedCall call) : IAsyncStreamReader<TResponse>
    {
        public TResponse Current => default!;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => call.Fail<bool>();
    }

    private sealed class Requests<TRequest>(RejectedCall call) : IClientStreamWriter<TRequest>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(TRequest message) => call.Fail<bool>();

        public Task WriteAsync(TRequest message, CancellationToken cancellationToken) => call.Fail<bool>();

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
