namespace Outage;

/// <summary>What came of a call.</summary>
internal readonly record struct Outcome(bool Failed, TimeSpan Duration);
