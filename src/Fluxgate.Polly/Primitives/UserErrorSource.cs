namespace Fluxgate;

/// <summary>The kinds of user code that can fail inside a breaker, and how the breaker continues.</summary>
public enum UserErrorSource
{
    /// <summary>A failure or ignore predicate. The call is ignored.</summary>
    Predicate = 0,

    /// <summary>A tripper. It does not fire.</summary>
    Tripper = 1,

    /// <summary>A recovery. It is not complete yet.</summary>
    Recovery = 2,

    /// <summary>A permit. One probe is admitted at a time.</summary>
    Permit = 3,

    /// <summary>A break duration. The default of 60 s is used.</summary>
    BreakDuration = 4,

    /// <summary>A window. The call is not recorded, or the window reads as empty.</summary>
    Window = 5,

    /// <summary>A listener. The other listeners still receive the signal.</summary>
    Listener = 6,

    /// <summary>A break duration hint. The configured break duration is used.</summary>
    BreakDurationHint = 7,

    /// <summary>A metric family. It is omitted from the reading.</summary>
    Metric = 8,

    /// <summary>The time provider or one of its timers. The clock returns its last timestamp until the provider works again. The error is counted, but no notice is raised.</summary>
    Clock = 9,

    /// <summary>A key selector of a group. The call uses the shared breaker of the group.</summary>
    KeySelector = 10,

    /// <summary>A probe gate. Probing begins.</summary>
    ProbeGate = 11,
}
