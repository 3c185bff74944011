namespace Fluxgate;

/// <summary>What a breaker has been through up to a phase: reached through the phase, so it can never disagree with the state. Immutable.</summary>
internal sealed class History
{
    public const int States = 6;

    /// <summary>That of a breaker which has had no transition yet.</summary>
    public static readonly History None = new(new long[States * States], signals: 0, reopens: 0, wouldTrips: 0);

    private readonly long[] _transitions;

    internal History(long[] transitions, long signals, long reopens, long wouldTrips)
    {
        _transitions = transitions;
        (Signals, Reopens, WouldTrips) = (signals, reopens, wouldTrips);
    }

    /// <summary>The sequence number of the last signal.</summary>
    public long Signals { get; }

    public long Reopens { get; }

    public long WouldTrips { get; }

    /// <summary>All counts, by the state left and then by the state entered.</summary>
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
