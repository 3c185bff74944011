namespace Fluxgate;

/// <summary>One number (or histogram) of a family and the values of the family's labels.</summary>
/// <param name="Labels">The values of the labels, in the order in which the family names them; those of the circuit and the constant ones are not among them.</param>
/// <param name="Value">The number; 0 for a histogram.</param>
/// <param name="Durations">The histogram; <see langword="null"/> unless the family is one.</param>
public readonly record struct MetricSample(MetricLabels Labels, double Value, DurationHistogram? Durations);
