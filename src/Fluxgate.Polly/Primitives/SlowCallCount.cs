namespace Fluxgate;

/// <summary>The slow calls at one threshold that the rule has or had. Immutable.</summary>
/// <param name="Threshold">The duration at or above which a call is slow.</param>
/// <param name="Total">The total number of slow calls.</param>
/// <param name="Rate">The ratio of slow calls to calls in the window, 0 to 1; <see langword="null"/> while the window is empty, or if the rule no longer has the threshold.</param>
/// <param name="Overdue">The number of overdue calls: calls that a closed or metrics-only circuit admitted and that have been in flight for at least the threshold. They are not in the total before they settle. <see langword="null"/> if the rule no longer has the threshold.</param>
public sealed record SlowCallCount(TimeSpan Threshold, long Total, double? Rate, long? Overdue);
