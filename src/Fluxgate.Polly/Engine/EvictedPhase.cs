namespace Fluxgate;

/// <summary>The last phase of a circuit that its group has evicted. It admits no call: <see cref="StateMachine.TryEnter"/> takes them to the <see cref="Membership.Successor"/>.</summary>
internal sealed class EvictedPhase(PhaseStart start) : Phase(start)
{
    public override BreakerState State => BreakerState.Closed;

    public override long? IdleFrom => null;

    public override AdmitResult Admit(bool mayBeAbandoned, out Ticket ticket, out Signal? caused)
    {
        (ticket, caused) = (default, null);
        return AdmitResult.TryAgain;
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, TripHint hint) => null;
}
