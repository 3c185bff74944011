using System.Diagnostics;
using Fluxgate;

namespace QuickStart;

/// <summary>All that a view may look at.</summary>
internal sealed record Stage(FluxgateBreaker Breaker, Journal Journal, Schedule Schedule, Stopwatch Clock, string MetricsUrl);
