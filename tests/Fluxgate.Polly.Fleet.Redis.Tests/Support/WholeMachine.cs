namespace Fluxgate;

/// <summary>Tests that keep a machine busy by themselves, or wait for servers that elect a master in real time. They run one after another, beside others.</summary>
[CollectionDefinition(nameof(WholeMachine))]
public sealed class WholeMachine;
