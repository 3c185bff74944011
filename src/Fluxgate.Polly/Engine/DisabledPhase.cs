namespace Fluxgate;

/// <summary>Lets everything in and does nothing else.</summary>
internal sealed class DisabledPhase(PhaseStart start) : Phase(start)
{
    public override BreakerState State => BreakerState.Disabled;

    public override AdmitResult Admit(out Ticket ticket, ref AdmissionSignals caused)
    {
        ticket = new(this, Ticket.Untimed);
        return AdmitResult.Admitted;
    }

    public override Signal? Settle(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;
}
