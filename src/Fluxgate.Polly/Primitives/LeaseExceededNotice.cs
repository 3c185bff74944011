namespace Fluxgate;

/// <summary>
/// The notice that a probe succeeded after its lease had expired. The probe was counted as a failure when the lease expired. If this happens repeatedly, healthy
/// calls take longer than <see cref="FluxgateBreakerSettings.ProbeLease"/>, and the circuit cannot close.
/// </summary>
public sealed class LeaseExceededNotice : Notice
{
    internal LeaseExceededNotice(string circuitName, DateTimeOffset timestamp, TimeSpan duration, TimeSpan lease)
        : base(circuitName, timestamp) => (Duration, Lease) = (duration, lease);

    /// <summary>Gets how long the call took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Gets the lease of the probe.</summary>
    public TimeSpan Lease { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        OneLine.Of(
            $"{CircuitName}: a probe succeeded after {RuleText.Measured(Duration)}, but counted as a failure after its lease of {RuleText.Duration(Lease)}"
        );
}
