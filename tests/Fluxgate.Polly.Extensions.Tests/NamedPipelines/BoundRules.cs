namespace Fluxgate;

/// <summary>Options as an application binds them from its configuration.</summary>
public sealed class BoundRules
{
    /// <summary>The breaker's rule, as text.</summary>
    public string Tripper { get; set; } = "FailureStreak(1)";

    /// <summary>The timeout of an attempt.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public FluxgateBreakerSettings ToSettings() =>
        new()
        {
            Tripper = Fluxgate.Tripper.Parse(Tripper),
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(1),
        };
}
