namespace Fluxgate;

/// <summary>Rejects everything until a manual call.</summary>
internal sealed class ForcedOpenPhase(PhaseStart start) : Phase(start)
{
    public override BreakerState State => BreakerState.ForcedOpen;

    public override AdmitResult Admit(out Ticket ticket, out Signal? caused)
    {
        caused = null;
        return Reject(CallStart.Untimed, out ticket);
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;
}
