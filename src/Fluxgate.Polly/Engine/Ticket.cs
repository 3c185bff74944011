using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>What the engine knows of a call that was let in (or of the phase that rejected it): small enough to stand on the stack.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Ticket(Phase phase, long timestamp, Probe? probe = null)
{
    /// <summary>The timestamp of a call that no rule asked to measure.</summary>
    public const long Untimed = long.MinValue;

    /// <summary>
    /// The longest duration that a call is counted with, a year. Somebody may settle with <see cref="TimeSpan.MaxValue"/>: two of those
    /// would overflow every sum they are in, and an overflown word looks sealed.
    /// </summary>
    public const long LongestTicks = 365 * TimeSpan.TicksPerDay;

    public Phase Phase { get; } = phase;

    /// <summary>When the call was let in or rejected, or <see cref="Untimed"/>.</summary>
    public long Timestamp { get; } = timestamp;

    public Probe? Probe { get; } = probe;

    public bool IsTimed => Timestamp != Untimed;

    /// <summary>How long the call has taken; nothing is known, and 0 said, of a call that was let in before a rule asked.</summary>
    public long ElapsedTicks(Clock clock, long now) =>
        Timestamp == Untimed ? 0 : Math.Min(clock.TicksBetween(Timestamp, now), LongestTicks);
}
