namespace Fluxgate;

/// <summary>A phase's own part of a snapshot.</summary>
internal readonly record struct PhaseReading(CallCounts Window, long ConsecutiveFailures, long ConsecutiveSuccesses);
