namespace Fluxgate;

/// <summary>What a breaker has been through up to a phase: reached through the phase, so it can never disagree with the state. Immutable.</summary>
internal sealed class History
{
    public const int States = 6;

    private readonly int[] _transitions = new int[States * States];

    /// <summary>The sequence number of the last signal.</summary>
    public long Signals { get; private init; }

    public int Reopens { get; private init; }

    public long WouldTrips { get; private init; }

    public long Transitions(BreakerState from, BreakerState to) => _transitions[Index(from, to)];

    /// <summary>All counts, by the state left and then by the state entered.</summary>
    public ReadOnlySpan<int> AllTransitions => _transitions;

    public History After(BreakerState from, BreakerState to, int reopens)
    {
        var next = new History(this)
        {
            Signals = Signals + 1,
            Reopens = reopens,
            WouldTrips = WouldTrips,
        };
        next._transitions[Index(from, to)]++;
        return next;
    }

    public History WithReopens(int reopens) =>
        new(this)
        {
            Signals = Signals,
            Reopens = reopens,
            WouldTrips = WouldTrips,
        };

    public History AfterWouldTrip() =>
        new(this)
        {
            Signals = Signals,
            Reopens = Reopens,
            WouldTrips = WouldTrips + 1,
        };

    public History() { }

    private History(History before) => before._transitions.CopyTo(_transitions, 0);

    private static int Index(BreakerState from, BreakerState to) => ((int)from * States) + (int)to;
}
