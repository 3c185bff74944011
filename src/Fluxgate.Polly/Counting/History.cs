namespace Fluxgate;

/// <summary>
/// The counts of transitions, signals, reopens and would-trips up to a phase. Immutable. It is reached through the phase, so it always
/// agrees with the state.
/// </summary>
internal sealed class History
{
    public const int States = 6;

    /// <summary>The history of a breaker without transitions.</summary>
    public static readonly History None = new(new long[States * States], signals: 0, reopens: 0, wouldTrips: 0);

    private readonly long[] _transitions;

    internal History(long[] transitions, long signals, long reopens, long wouldTrips)
    {
        _transitions = transitions;
        (Signals, Reopens, WouldTrips) = (signals, reopens, wouldTrips);
    }

    /// <summary>Gets the sequence number of the last signal.</summary>
    public long Signals { get; }

    public long Reopens { get; }

    public long WouldTrips { get; }

    /// <summary>Gets all transition counts, ordered by the old state and then by the new state.</summary>
    public ReadOnlySpan<long> AllTransitions => _transitions;

    public long Transitions(BreakerState from, BreakerState to) => _transitions[Index(from, to)];

    public History After(BreakerState from, BreakerState to, long reopens)
    {
        long[] transitions = [.. _transitions];
        transitions[Index(from, to)]++;
        return new(transitions, Signals + 1, reopens, WouldTrips);
    }

    public History WithReopens(long reopens) => new(_transitions, Signals, reopens, WouldTrips);

    public History AfterWouldTrip() => new(_transitions, Signals, Reopens, WouldTrips + 1);

    private static int Index(BreakerState from, BreakerState to) => ((int)from * States) + (int)to;
}
