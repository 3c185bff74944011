namespace Fluxgate;

/// <summary>A value of the configuration that has no effect, since code comes after it.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Text">What stands there.</param>
/// <param name="InForce">What code put in its place.</param>
internal sealed record OverwrittenValue(string Path, string Text, string InForce);
