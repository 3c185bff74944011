namespace Fluxgate;

/// <summary>The kinds of <see cref="Reason"/>.</summary>
public enum ReasonKind
{
    /// <summary>The breaker was created in this state.</summary>
    Initial = 0,

    /// <summary>The tripper fired.</summary>
    Tripped = 1,

    /// <summary>The break duration has elapsed.</summary>
    BreakElapsed = 2,

    /// <summary>Probing failed and re-opened the circuit, although the tripper did not fire: no probe succeeded, or too many were ignored in a row.</summary>
    ProbingFailed = 3,

    /// <summary>The recovery was complete.</summary>
    Recovered = 4,

    /// <summary>A manual call requested the state.</summary>
    Manual = 5,

    /// <summary>Other instances of the application caused the transition, such as the breakers of the same name in many processes.</summary>
    Fleet = 6,
}
