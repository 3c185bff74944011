namespace Fluxgate;

/// <summary>Records the durations of one breaker's calls, with tags made once, while somebody listens.</summary>
internal sealed class MeteredDurations(BreakerMeter meter, string circuit) : IDurationSink, IEquatable<MeteredDurations>
{
    private readonly KeyValuePair<string, object?>[]?[] _tags = new KeyValuePair<string, object?>[]?[History.States];

    public BreakerMeter Meter { get; } = meter;

    // Another thread may still be creating the instruments.
    public bool Wanted => Meter.Durations is { Enabled: true };

    public void Record(BreakerState admittedIn, long ticks) =>
        Meter.Durations?.Record((double)ticks / TimeSpan.TicksPerSecond, _tags[(int)admittedIn] ??= Tags(admittedIn));

    /// <summary>The same listener twice, or two for one meter, record a call once.</summary>
    public bool Equals(MeteredDurations? other) => other is not null && ReferenceEquals(other.Meter, Meter);

    public override bool Equals(object? obj) => Equals(obj as MeteredDurations);

    public override int GetHashCode() => Meter.GetHashCode();

    private KeyValuePair<string, object?>[] Tags(BreakerState state) =>
        Meter.Tags(StandardFamilies.Durations, Circuits.Encodable(circuit), new(state.ToLabel()));
}
