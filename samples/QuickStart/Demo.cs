using System.Diagnostics;
using Fluxgate;

namespace QuickStart;

/// <summary>The objects that a view reads.</summary>
internal sealed record Demo(FluxgateBreaker Breaker, TransitionLog TransitionLog, Schedule Schedule, Stopwatch Clock, string MetricsUrl);
