namespace Fluxgate;

/// <summary>
/// The phase of a disabled or forced-open circuit. Disabled admits every call, and forced open rejects every call. Only a manual call ends
/// the phase. It records no results.
/// </summary>
internal sealed class ManualPhase(PhaseStart start, BreakerState state) : Phase(start)
{
    public override BreakerState State => state;

    public override AdmitResult Admit(bool mayBeAbandoned, out Ticket ticket, out Signal? caused)
    {
        caused = null;
        if (state == BreakerState.ForcedOpen)
        {
            return Reject(CallStart.Untimed, out ticket);
        }

        ticket = new(this, CallStart.Untimed);
        return AdmitResult.Admitted;
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, TripHint hint) => null;
}
