using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A breaker of the container.</summary>
internal sealed class NamedBreaker : NamedCircuit
{
    private readonly ListenerCollection _listeners;

    /// <summary>Creates the breaker. Its listeners are not called before <see cref="NamedCircuit.Attach"/>.</summary>
    public NamedBreaker(
        string name,
        FluxgateBreakerSettings settings,
        IEnumerable<IListener> listeners,
        TimeProvider timeProvider,
        ConfigurationWarnings warnings,
        ILogger log,
        CancellationToken stopping
    )
        : base(name, settings, warnings, log)
    {
        // A copy, because everyone who requests the options shares the settings in force.
        var copy = settings.Copy();
        copy.Listeners = _listeners = Join(settings, listeners);
        Breaker = FluxgateBreaker.CreateUnattached(name, copy, timeProvider);
        Breaker.IgnoreAbandonedCallsOnShutdown(stopping);
    }

    public FluxgateBreaker Breaker { get; }

    protected override IReadOnlyList<string> RuleWarnings => Breaker.Warnings;

    public override ValueTask DisposeAsync() => Breaker.DisposeAsync();

    protected override void AttachListeners() => Breaker.Attach();

    protected override void Reconfigure(FluxgateBreakerSettings settings)
    {
        var changes = Breaker.Reconfigure(settings);
        if (changes.Count == 0)
        {
            return;
        }

        if (!AreReconfigurationsLogged(_listeners))
        {
            Log.Reconfigured(Name, string.Join("; ", changes));
        }

        LogRuleWarnings();
    }

    protected override void LogPending(string changes) => Log.ChangePending(Name, changes);
}
