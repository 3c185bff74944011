namespace Fluxgate;

/// <summary>Circuits that start half-open.</summary>
internal static class HalfOpenWorld
{
    /// <summary>A rule that never fires while half-open, so that only the recovery decides.</summary>
    public static readonly Tripper QuietRule = Tripper.Closed & Tripper.FailureStreak(5);

    public static World World(FluxgateBreakerSettings settings)
    {
        settings.InitialState = BreakerState.HalfOpen;
        return new(settings);
    }
}
