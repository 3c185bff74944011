namespace Fluxgate;

/// <summary>The names of the states in metrics and texts.</summary>
public static class BreakerStateExtensions
{
    /// <summary>The state as metrics write it: <c>closed</c>, <c>open</c>, <c>half_open</c>, <c>metrics_only</c>, <c>disabled</c>, <c>forced_open</c>.</summary>
    /// <param name="state">One of the six states.</param>
    /// <returns>The label; always the same instance for the same state.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="state"/> is none of the six.</exception>
    public static string ToLabel(this BreakerState state) =>
        state switch
        {
            BreakerState.Closed => "closed",
            BreakerState.Open => "open",
            BreakerState.HalfOpen => "half_open",
            BreakerState.MetricsOnly => "metrics_only",
            BreakerState.Disabled => "disabled",
            BreakerState.ForcedOpen => "forced_open",
            _ => throw new ArgumentOutOfRangeException(
                nameof(state),
                state,
                $"{nameof(state)} must be one of the six breaker states, but is {RuleText.Number((int)state)}."
            ),
        };

    internal static bool IsKnown(this BreakerState state) => state is >= BreakerState.Closed and <= BreakerState.ForcedOpen;
}
