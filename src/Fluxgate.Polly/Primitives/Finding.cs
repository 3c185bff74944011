namespace Fluxgate;

/// <summary>A leaf of a rule that fired, with its measured value and its threshold. Immutable.</summary>
/// <param name="Rule">The leaf's kind, such as <c>FailureRate</c>.</param>
/// <param name="Measured">The measured value: a ratio, a number of calls, or seconds. <see langword="null"/> if the leaf measures nothing.</param>
/// <param name="Threshold">The threshold, in the same unit; <see langword="null"/> if the leaf has none.</param>
/// <param name="Text">The text, such as <c>FailureRate 62% >= 50% (31 of 50)</c>.</param>
public sealed record Finding(string Rule, double? Measured, double? Threshold, string Text);
