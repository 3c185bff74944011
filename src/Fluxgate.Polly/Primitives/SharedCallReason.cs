namespace Fluxgate;

/// <summary>Why a call went to the shared breaker of a group.</summary>
public enum SharedCallReason
{
    /// <summary>The group was full.</summary>
    NoPlace = 0,

    /// <summary>The key selector returned <see langword="null"/>.</summary>
    NoKey = 1,

    /// <summary>The key selector threw an exception.</summary>
    SelectorError = 2,
}
