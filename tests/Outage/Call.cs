using Fluxgate;

namespace Outage;

/// <summary>A call that was let in, as its caller remembers it.</summary>
/// <param name="State">The state that let it in.</param>
/// <param name="Start">How often the circuit had begun to count anew before.</param>
/// <param name="At">When, by the caller's clock.</param>
internal sealed record Call(BreakerState State, long Start, TimeSpan At);
