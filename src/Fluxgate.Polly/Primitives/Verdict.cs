namespace Fluxgate;

/// <summary>What a settled call counts as.</summary>
public enum Verdict
{
    /// <summary>The dependency did its work.</summary>
    Success = 0,

    /// <summary>The dependency failed; the call counts against it.</summary>
    Failure = 1,

    /// <summary>Neither: the call says nothing about the dependency, for example because its caller gave up.</summary>
    Ignored = 2,
}
