namespace Fluxgate;

/// <summary>Extension methods of <see cref="BreakerState"/>.</summary>
public static class BreakerStateExtensions
{
    /// <summary>Returns the label of a state in metrics and text: <c>closed</c>, <c>open</c>, <c>half_open</c>, <c>metrics_only</c>, <c>disabled</c>, <c>forced_open</c>.</summary>
    /// <param name="state">One of the six states.</param>
    /// <returns>The label. The same state always returns the same instance.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="state"/> is not one of the six states.</exception>
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
