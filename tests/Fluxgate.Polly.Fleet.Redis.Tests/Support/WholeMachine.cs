namespace Fluxgate;

/// <summary>Tests that keep a machine busy by themselves, or wait for servers that elect a master in real time. No other test runs meanwhile.</summary>
[CollectionDefinition(nameof(WholeMachine), DisableParallelization = true)]
public sealed class WholeMachine;
