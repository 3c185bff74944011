namespace Fluxgate;

/// <summary>A number or a histogram of a family, with the values of the family's labels. Immutable.</summary>
/// <param name="Labels">The values of the family's own labels, in the order of <see cref="MetricFamily.Labels"/>. The circuit's name and constant labels are not included.</param>
/// <param name="Value">The number; 0 for a histogram.</param>
/// <param name="Durations">The histogram; <see langword="null"/> unless the family is a histogram.</param>
public readonly record struct MetricSample(MetricLabels Labels, double Value, DurationHistogram? Durations);
