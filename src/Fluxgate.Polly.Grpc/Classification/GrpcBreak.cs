using System.Globalization;

namespace Fluxgate;

/// <summary>Provides hints from the server about how long a circuit should stay open.</summary>
public static class GrpcBreak
{
    private const string Pushback = "grpc-retry-pushback-ms";

    /// <summary>Returns the time in the trailer <c>grpc-retry-pushback-ms</c>, for <see cref="FluxgateInterceptorOptions.BreakDurationHint"/>.</summary>
    /// <param name="failure">The failed call.</param>
    /// <returns>The time, or <see langword="null"/> if the trailer is missing, negative or not a number.</returns>
    public static TimeSpan? RetryPushback(GrpcCallResult failure) =>
        int.TryParse(failure.Trailers.GetValue(Pushback), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
}
