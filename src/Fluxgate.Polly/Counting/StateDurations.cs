namespace Fluxgate;

/// <summary>How long the calls took that one state let in.</summary>
/// <param name="State">The state that let the calls in.</param>
/// <param name="Durations">Their durations: of every call that settled, ignored ones too; a probe whose lease ran out counts with its lease.</param>
public sealed record StateDurations(BreakerState State, DurationHistogram Durations);
