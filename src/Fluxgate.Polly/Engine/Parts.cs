namespace Fluxgate;

/// <summary>What a circuit is made of, as its settings say; checked. What is allowed but likely not meant is in the warnings.</summary>
internal sealed record Parts(
    Window Window,
    Tripper Tripper,
    BreakDuration BreakDuration,
    Permit Permit,
    Recovery Recovery,
    TimeSpan ProbeLease,
    bool ProbeWithoutTraffic,
    Func<double>? Randomizer,
    IReadOnlyList<string> Warnings
);
