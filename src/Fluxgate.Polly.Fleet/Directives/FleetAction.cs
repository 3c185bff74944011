namespace Fluxgate;

/// <summary>What a directive does to the circuits that it covers. The numbers are part of the format.</summary>
public enum FleetAction
{
    /// <summary>Forces the circuits open. When the directive ends, they go to half-open, so that probes decide; never straight to closed.</summary>
    ForceOpen = 1,

    /// <summary>Disables the circuits: they admit all calls and record nothing. When the directive ends, they are closed with an empty window.</summary>
    Disable = 2,

    /// <summary>Sets the circuits to metrics-only. When the directive ends, they are closed with an empty window.</summary>
    MetricsOnly = 3,

    /// <summary>Ends the directives on the circuits and closes them once, with an empty window. A member that sees it later than a minute after it was issued only ends the directives.</summary>
    Reset = 4,

    /// <summary>Ends the directives on the circuits. A circuit in the state that a directive required leaves this state; any other circuit stays as it is.</summary>
    Release = 5,
}
