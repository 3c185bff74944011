namespace Fluxgate;

/// <summary>What every phase begins with. One that continues another has its number, and takes over what it holds.</summary>
internal readonly record struct PhaseStart(
    StateMachine Machine,
    Rules Rules,
    long Number,
    History History,
    Reason Reason,
    long Timestamp,
    DateTimeOffset EnteredAt,
    Phase? Before,
    Phase? Continues = null
);
