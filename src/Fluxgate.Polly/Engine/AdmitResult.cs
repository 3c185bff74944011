namespace Fluxgate;

/// <summary>A phase's answer to a call.</summary>
internal enum AdmitResult
{
    Admitted,
    Rejected,

    /// <summary>The phase ended meanwhile: ask the next one.</summary>
    PhaseOver,
}
