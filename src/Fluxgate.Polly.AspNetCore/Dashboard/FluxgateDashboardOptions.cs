namespace Fluxgate;

/// <summary>The options of the dashboard. They must say who may see the dashboard: set either <see cref="Policy"/> or <see cref="AllowAnonymous"/>.</summary>
public sealed class FluxgateDashboardOptions
{
    /// <summary>Gets or sets the authorization policy that a user must satisfy to see the page and to use the API.</summary>
    /// <value>The name of a policy; <see langword="null"/> by default.</value>
    public string? Policy { get; set; }

    /// <summary>
    /// Gets or sets whether everybody may see the page and use the API for reading. The page shows the names of dependencies and keys, such as tenants, and
    /// the texts of reasons: set it only where the endpoint cannot be reached from outside.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowAnonymous { get; set; }

    /// <summary>Gets or sets the authorization policy that a user must satisfy, in addition to <see cref="Policy"/>, to change the state of circuits.</summary>
    /// <value>The name of a policy; <see langword="null"/> by default: nobody may.</value>
    public string? ControlPolicy { get; set; }

    /// <summary>Gets or sets the maximum number of viewers at a time. Further viewers are refused with <c>503</c>.</summary>
    /// <value>1 to 10,000; 100 by default.</value>
    public int MaxViewers { get; set; } = 100;
}
