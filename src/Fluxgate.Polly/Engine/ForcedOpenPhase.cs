namespace Fluxgate;

/// <summary>Rejects everything until a manual call.</summary>
internal sealed class ForcedOpenPhase(PhaseStart start) : Phase(start)
{
    public override BreakerState State => BreakerState.ForcedOpen;

    public override AdmitResult Admit(out Ticket ticket, ref AdmissionSignals caused) => Reject(Ticket.Untimed, out ticket);

    public override Signal? Settle(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;
}
