using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>The health of a breaker or a group.</summary>
/// <param name="status">The status.</param>
/// <param name="description">The description, on one line.</param>
/// <param name="data">The data.</param>
/// <param name="isNotable">Whether the check of all breakers contains the description.</param>
internal sealed class CircuitHealth(HealthStatus status, string description, Dictionary<string, object> data, bool isNotable)
{
    public HealthStatus Status => status;

    public string Description { get; private set; } = description;

    public IReadOnlyDictionary<string, object> Data => data;

    public bool IsNotable => isNotable;

    /// <summary>Reads the health of a breaker of a container.</summary>
    public static CircuitHealth Of(FluxgateBreakers breakers, FluxgateBreaker breaker, HealthStatus whenOpen)
    {
        var (error, retained) = breakers.ProblemsOf(breaker.Name);
        return BreakerHealth.Of(breaker, whenOpen).With(error, retained);
    }

    /// <summary>Reads the health of a group of a container.</summary>
    public static CircuitHealth Of(FluxgateBreakers breakers, BreakerGroup group, HealthStatus whenOpen, double degradedFrom)
    {
        var (error, retained) = breakers.ProblemsOf(GroupNames.SettingsOf(group.Name));
        return GroupHealth.Of(group, whenOpen, degradedFrom).With(error, retained);
    }

    public HealthCheckResult ToResult() => new(Status, Description, data: Data);

    /// <summary>Adds the problems of the configuration, which do not change the status.</summary>
    /// <param name="error">The errors of the changed configuration, if it is invalid.</param>
    /// <param name="retained">The keys that stay in force although their file is missing or fails to load, if any.</param>
    private CircuitHealth With(string? error, string? retained)
    {
        if (error is not null)
        {
            data["configuration_error"] = error;
            Description += "; the changed configuration is invalid";
        }

        if (retained is not null)
        {
            data["retained_configuration"] = retained;
            Description += "; a configuration file is missing or fails to load";
        }

        return this;
    }
}
