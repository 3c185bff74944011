namespace Fluxgate;

/// <summary>Where user code failed inside a breaker.</summary>
public enum UserErrorSource
{
    /// <summary>A failure or ignore predicate: the call was ignored.</summary>
    Predicate = 0,

    /// <summary>A tripper: it was taken as quiet.</summary>
    Tripper = 1,

    /// <summary>A recovery: it was taken as not yet over.</summary>
    Recovery = 2,

    /// <summary>A permit: one probe at a time was let in.</summary>
    Permit = 3,

    /// <summary>A break duration: the default was used.</summary>
    BreakDuration = 4,

    /// <summary>A window: the call was not recorded, or the window read as empty.</summary>
    Window = 5,

    /// <summary>A listener: the others heard all the same.</summary>
    Listener = 6,

    /// <summary>A break duration hint: the configured break duration was used.</summary>
    BreakDurationHint = 7,

    /// <summary>A metric family: it was left out of what was read.</summary>
    Metric = 8,

    /// <summary>The time provider or one of its timers: time stood still until it worked again. Counted, but not announced.</summary>
    Clock = 9,
}
