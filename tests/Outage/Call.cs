using Fluxgate;

namespace Outage;

/// <summary>An admitted call, as its caller records it.</summary>
/// <param name="State">The state that admitted it.</param>
/// <param name="Start">How often the window had been cleared before.</param>
/// <param name="At">The time of its start by the caller's clock.</param>
internal sealed record Call(BreakerState State, long Start, TimeSpan At);
