using Grpc.Core;

namespace Fluxgate;

/// <summary>A gRPC call before it starts, from which a key selector takes the key of its breaker.</summary>
public readonly struct GrpcCallInfo
{
    internal GrpcCallInfo(IMethod method, string? host, CallOptions options, Uri? address) =>
        (Method, Host, Options, Address) = (method, host, options, address);

    /// <summary>Gets the method that is called.</summary>
    public IMethod Method { get; }

    /// <summary>Gets the host that the call names; <see langword="null"/> if it is that of the channel, which is usual.</summary>
    public string? Host { get; }

    /// <summary>Gets the options of the call, such as its headers.</summary>
    public CallOptions Options { get; }

    /// <summary>Gets the address of the client; <see langword="null"/> if the interceptor was created without one.</summary>
    public Uri? Address { get; }
}
