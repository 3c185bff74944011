namespace Fluxgate.Worlds;

/// <summary>The result of the exploration of one world.</summary>
/// <param name="Schedules">The number of schedules that ran.</param>
/// <param name="Time">How long they took.</param>
/// <param name="Failure">The schedule on which the invariant does not hold, or <see langword="null"/> if none was found.</param>
internal sealed record Exploration(long Schedules, TimeSpan Time, Failure? Failure);

/// <summary>A schedule on which an invariant does not hold.</summary>
/// <param name="Seed">The seed that finds it again.</param>
/// <param name="Schedule">The number of the schedule among those of the seed.</param>
/// <param name="Message">What does not hold.</param>
/// <param name="Lines">What the operations did.</param>
internal sealed record Failure(uint Seed, int Schedule, string Message, IReadOnlyList<string> Lines);
