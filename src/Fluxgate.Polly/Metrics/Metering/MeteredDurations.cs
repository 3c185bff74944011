using System.Diagnostics.Metrics;

namespace Fluxgate;

/// <summary>Records the durations of one breaker's calls, with tags made once, while somebody listens.</summary>
internal sealed class MeteredDurations(BreakerMeter meter, Histogram<double> durations, string circuit)
    : IDurationSink,
        IEquatable<MeteredDurations>
{
    private readonly KeyValuePair<string, object?>[]?[] _tags = new KeyValuePair<string, object?>[]?[History.States];

    public Histogram<double> Instrument { get; } = durations;

    public bool Wanted => Instrument.Enabled;

    public void Record(BreakerState admittedIn, long ticks) =>
        Instrument.Record((double)ticks / TimeSpan.TicksPerSecond, _tags[(int)admittedIn] ??= Tags(admittedIn));

    /// <summary>The same listener twice, or two for one meter, record a call once.</summary>
    public bool Equals(MeteredDurations? other) => other is not null && ReferenceEquals(other.Instrument, Instrument);

    public override bool Equals(object? obj) => Equals(obj as MeteredDurations);

    public override int GetHashCode() => Instrument.GetHashCode();

    private KeyValuePair<string, object?>[] Tags(BreakerState state) =>
        meter.Tags(StandardFamilies.Durations, Circuits.Encodable(circuit), new(state.ToLabel()));
}
