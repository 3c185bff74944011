namespace Fluxgate.Worlds;

/// <summary>Says that an invariant does not hold on the schedule that was played.</summary>
internal sealed class BrokenInvariantException(string message, Exception? inner = null) : Exception(message, inner);
