namespace Fluxgate;

/// <summary>How a settled call counts.</summary>
public enum Verdict
{
    /// <summary>The call succeeded.</summary>
    Success = 0,

    /// <summary>The call failed.</summary>
    Failure = 1,

    /// <summary>The call counts neither as a success nor as a failure, for example because its caller canceled it.</summary>
    Ignored = 2,
}
