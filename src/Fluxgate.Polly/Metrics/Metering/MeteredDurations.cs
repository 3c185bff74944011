namespace Fluxgate;

/// <summary>Records the durations of one breaker's calls in a meter's histogram while it has listeners. The tags are created once.</summary>
internal sealed class MeteredDurations(BreakerMeter meter, string circuit) : IDurationSink, IEquatable<MeteredDurations>
{
    private readonly KeyValuePair<string, object?>[]?[] _tags = new KeyValuePair<string, object?>[]?[History.States];

    public BreakerMeter Meter { get; } = meter;

    // Null while another thread is still creating the instruments.
    public bool IsEnabled => Meter.Durations is { Enabled: true };

    public void Record(BreakerState admittedIn, long ticks) =>
        Meter.Durations?.Record((double)ticks / TimeSpan.TicksPerSecond, _tags[(int)admittedIn] ??= Tags(admittedIn));

    /// <summary>Returns whether two sinks have the same meter, so that two listeners of one meter record a call only once.</summary>
    public bool Equals(MeteredDurations? other) => other is not null && ReferenceEquals(other.Meter, Meter);

    public override bool Equals(object? obj) => Equals(obj as MeteredDurations);

    public override int GetHashCode() => Meter.GetHashCode();

    private KeyValuePair<string, object?>[] Tags(BreakerState state) =>
        Meter.Tags(StandardFamilies.Durations, Circuits.Encodable(circuit), new(state.ToLabel()));
}
