namespace Outage;

/// <summary>The outcome of a call.</summary>
internal readonly record struct Outcome(bool Failed, TimeSpan Duration);
