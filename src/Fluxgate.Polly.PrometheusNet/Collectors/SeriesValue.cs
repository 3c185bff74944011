namespace Fluxgate;

/// <summary>The label values of a series, beginning with the name of the circuit if it has one, and its sample.</summary>
internal readonly record struct SeriesValue(string[] Labels, MetricSample Sample);
