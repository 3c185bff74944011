using Grpc.Core;

namespace Fluxgate;

/// <summary>Reads the trailers of a call.</summary>
internal static class GrpcTrailers
{
    /// <summary>Returns the trailers, or <see langword="null"/> if the server has not ended the call.</summary>
    public static Metadata? Of(Func<Metadata>? trailers)
    {
        try
        {
            return trailers?.Invoke();
        }
        catch (Exception)
        {
            return null;
        }
    }
}
