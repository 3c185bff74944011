using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>What the engine knows of a call that was let in (or of the phase that rejected it): small enough to stand on the stack.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Ticket(Phase phase, long timestamp, Probe? probe = null)
{
    /// <summary>The timestamp of a call that no rule asked to measure.</summary>
    public const long Untimed = long.MinValue;

    public Phase Phase { get; } = phase;

    /// <summary>When the call was let in or rejected, or <see cref="Untimed"/>. A timestamp of the coarse clock stands as its complement, below zero.</summary>
    public long Timestamp { get; } = timestamp;

    public Probe? Probe { get; } = probe;

    public bool IsTimed => Timestamp != Untimed;

    /// <summary>The timestamp of a call that begins now on a breaker's clock, or on its coarse one.</summary>
    public static long Stamp(Clock clock, Clock on) => ReferenceEquals(clock, on) ? clock.Now : ~on.Now;

    /// <summary>Of a breaker's clock and its coarse one, the one on which the call began, and must end.</summary>
    public Clock ClockOf(Clock clock) => Timestamp < 0 ? clock.Coarse : clock;

    /// <summary>
    /// How long the call has taken; nothing is known, and 0 said, of a call that was let in before a rule asked, or when a user's clock has
    /// gone back.
    /// </summary>
    /// <param name="clock">The breaker's clock.</param>
    /// <param name="now">A reading of the clock on which the call began.</param>
    public long ElapsedTicks(Clock clock, long now)
    {
        if (Timestamp == Untimed)
        {
            return 0;
        }

        var on = ClockOf(clock);
        return Math.Clamp(on.TicksBetween(ReferenceEquals(on, clock) ? Timestamp : ~Timestamp, now), 0, Clock.LongestTicks);
    }
}
