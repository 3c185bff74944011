namespace Fluxgate;

/// <summary>A breaker of the container with the settings that it follows.</summary>
internal sealed class NamedBreaker(FluxgateBreaker breaker, FluxgateBreakerSettings settings, IReadOnlyList<LogListener> logs)
{
    private volatile FluxgateBreakerSettings _settings = settings;
    private volatile bool _isAttached;

    public FluxgateBreaker Breaker => breaker;

    /// <summary>The settings in force that it was made with, or followed last.</summary>
    public FluxgateBreakerSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>Who writes its reconfigurations to a log.</summary>
    public IReadOnlyList<LogListener> Logs => logs;

    /// <summary>Whether its listeners are attached. Until then whoever made it is at it, and disposes it where the container ends meanwhile.</summary>
    public bool IsAttached
    {
        get => _isAttached;
        set => _isAttached = value;
    }
}
