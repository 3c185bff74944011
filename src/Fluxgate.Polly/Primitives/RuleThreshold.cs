namespace Fluxgate;

/// <summary>The threshold of one leaf of a rule. Immutable.</summary>
/// <param name="Rule">The leaf's kind, such as <c>FailureRate</c>; the second of a kind is <c>FailureRate#2</c>.</param>
/// <param name="Value">The threshold: a ratio from 0 to 1, a number of calls, or seconds.</param>
public sealed record RuleThreshold(string Rule, double Value);
