namespace Fluxgate.Worlds;

/// <summary>Reports that an invariant does not hold on the current schedule.</summary>
internal sealed class BrokenInvariantException(string message, Exception? inner = null) : Exception(message, inner);
