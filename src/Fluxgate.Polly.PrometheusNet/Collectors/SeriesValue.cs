namespace Fluxgate;

/// <summary>What one series is to be: the values of its labels, the circuit's name first where it has one, and the sample.</summary>
internal readonly record struct SeriesValue(string[] Labels, MetricSample Sample);
