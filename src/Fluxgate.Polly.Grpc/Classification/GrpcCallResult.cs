using Grpc.Core;

namespace Fluxgate;

/// <summary>The result of a gRPC call, which the predicates of <see cref="FluxgateInterceptorOptions"/> classify.</summary>
public readonly struct GrpcCallResult
{
    private readonly Func<Metadata>? _trailers;

    internal GrpcCallResult(IMethod method, Status status, Exception? exception, Func<Metadata>? trailers, bool isAbandoned) =>
        (Method, Status, Exception, _trailers, IsAbandoned) = (method, status, exception, trailers, isAbandoned);

    /// <summary>Gets the method that was called.</summary>
    public IMethod Method { get; }

    /// <summary>Gets the final status of the call.</summary>
    public Status Status { get; }

    /// <summary>Gets the exception that the caller receives; <see langword="null"/> if the call succeeded, or if its caller ended it without waiting for the result.</summary>
    public Exception? Exception { get; }

    /// <summary>Gets whether the caller ended the call: it canceled its token, or disposed the call before its end.</summary>
    public bool IsAbandoned { get; }

    /// <summary>Gets the trailers; empty if the server sent none.</summary>
    public Metadata Trailers => GrpcTrailers.Of(_trailers) ?? (Exception as RpcException)?.Trailers ?? [];
}
