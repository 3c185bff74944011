namespace Fluxgate;

/// <summary>Provides the usual keys of gRPC calls in a <see cref="BreakerGroup"/>.</summary>
public static class GrpcKey
{
    /// <summary>Returns the method: <c>/payments.Payments/Charge</c>.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The full name of the method.</returns>
    public static string? Method(GrpcCallInfo call) => call.Method.FullName;

    /// <summary>Returns the service: <c>payments.Payments</c>.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The full name of the service.</returns>
    public static string? Service(GrpcCallInfo call) => call.Method.ServiceName;

    /// <summary>Returns the server: the host of the call, or else the authority of the client's address.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The host and port; <see langword="null"/> if neither is known, so that the call uses the shared breaker.</returns>
    public static string? Authority(GrpcCallInfo call) =>
        call.Host ?? (call.Address is { Authority.Length: > 0 } address ? address.Authority : call.Address?.OriginalString);
}
