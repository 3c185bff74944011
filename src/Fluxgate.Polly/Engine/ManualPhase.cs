namespace Fluxgate;

/// <summary>Disabled admits every call, forced open rejects every call, until a manual call. Neither records a result.</summary>
internal sealed class ManualPhase(PhaseStart start, BreakerState state) : Phase(start)
{
    public override BreakerState State => state;

    public override AdmitResult Admit(out Ticket ticket, out Signal? caused)
    {
        caused = null;
        if (state == BreakerState.ForcedOpen)
        {
            return Reject(CallStart.Untimed, out ticket);
        }

        ticket = new(this, CallStart.Untimed);
        return AdmitResult.Admitted;
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;
}
