namespace Fluxgate;

/// <summary>What kind of cause put a circuit into its state.</summary>
public enum ReasonKind
{
    /// <summary>The breaker was created in this state.</summary>
    Initial = 0,

    /// <summary>The tripper fired.</summary>
    Tripped = 1,

    /// <summary>The break duration has passed.</summary>
    BreakElapsed = 2,

    /// <summary>Probing re-opened the circuit without the tripper: no probe succeeded, or too many were ignored in a row.</summary>
    ProbingFailed = 3,

    /// <summary>The recovery was over.</summary>
    Recovered = 4,

    /// <summary>A manual call.</summary>
    Manual = 5,
}
