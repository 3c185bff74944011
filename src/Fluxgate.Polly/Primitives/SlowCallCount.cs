namespace Fluxgate;

/// <summary>Slow calls at one threshold that the rule has or had.</summary>
/// <param name="Threshold">From how long on a call is slow.</param>
/// <param name="Total">Slow calls, ever.</param>
/// <param name="Rate">Slow calls over calls in the window, 0 to 1; <see langword="null"/> while it is empty, or when the rule has let go of the threshold.</param>
public sealed record SlowCallCount(TimeSpan Threshold, long Total, double? Rate);
