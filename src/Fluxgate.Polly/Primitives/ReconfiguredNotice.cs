namespace Fluxgate;

/// <summary>The notice that the settings of a breaker were replaced; see <see cref="FluxgateBreaker.Reconfigure"/>.</summary>
public sealed class ReconfiguredNotice : Notice
{
    internal ReconfiguredNotice(string circuitName, DateTimeOffset timestamp, IReadOnlyList<string> changes)
        : base(circuitName, timestamp) => Changes = changes;

    /// <summary>Gets the changes, one line per setting: <c>Tripper: FailureStreak(5) -> FailureStreak(3)</c>.</summary>
    public IReadOnlyList<string> Changes { get; }

    /// <inheritdoc/>
    public override string ToString() => OneLine.Of($"{CircuitName}: reconfigured ({string.Join("; ", Changes)})");
}
