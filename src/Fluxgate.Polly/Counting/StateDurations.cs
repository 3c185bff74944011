namespace Fluxgate;

/// <summary>The durations of the calls that one state admitted. Immutable.</summary>
/// <param name="State">The state that admitted the calls.</param>
/// <param name="Durations">The durations of all settled calls, including ignored ones. A probe whose lease expired counts with the duration of its lease.</param>
public sealed record StateDurations(BreakerState State, DurationHistogram Durations);
