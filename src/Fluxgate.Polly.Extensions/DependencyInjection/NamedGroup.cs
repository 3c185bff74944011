using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A group of the container.</summary>
internal sealed class NamedGroup : NamedCircuit
{
    private readonly ListenerCollection _listeners;

    /// <summary>Creates the group. The listeners of its shared breaker are not called before <see cref="NamedCircuit.Attach"/>.</summary>
    public NamedGroup(
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
        _listeners = Join(settings, listeners);
        Group = BreakerGroup.CreateUnattached(GroupNames.Bare(name), WithListeners(settings), OptionsOf(settings), timeProvider);
        Group.IgnoreAbandonedCallsOnShutdown(stopping);
    }

    public BreakerGroup Group { get; }

    protected override IReadOnlyList<string> RuleWarnings => Group.Shared.Warnings;

    public override ValueTask DisposeAsync() => Group.DisposeAsync();

    protected override void AttachListeners() => Group.Attach();

    protected override void Reconfigure(FluxgateBreakerSettings settings)
    {
        var changes = Group.Reconfigure(WithListeners(settings), OptionsOf(settings));
        if (changes.Count > 0)
        {
            // The notice of the shared breaker contains neither the options of the group nor the settings of single keys.
            Log.Reconfigured(Name, BreakerNames.Join(changes, "; "));
            LogRuleWarnings();
        }
    }

    protected override void LogPending(string changes) => Log.ChangeOfNewBreakers(Name, changes);

    private static BreakerGroupOptions OptionsOf(FluxgateBreakerSettings settings) => SettingsReadResult.GroupOf(settings).Options;

    /// <summary>Returns a copy of settings with the listeners that the group had at first, so that all of its breakers have the same.</summary>
    private FluxgateBreakerSettings WithListeners(FluxgateBreakerSettings settings)
    {
        var copy = settings.Copy();
        copy.Listeners = _listeners;
        return copy;
    }
}
