namespace Fluxgate;

/// <summary>A leaf of a rule that fired: what it measured and what it was compared with.</summary>
/// <param name="Rule">The leaf's kind, such as <c>FailureRate</c>.</param>
/// <param name="Measured">The measured value: a ratio, a number of calls, or seconds. <see langword="null"/> where the leaf measures nothing.</param>
/// <param name="Threshold">What it was compared with, in the same unit.</param>
/// <param name="Text">How it reads: <c>FailureRate 62% >= 50% (31 of 50)</c>.</param>
public sealed record Finding(string Rule, double? Measured, double? Threshold, string Text);
