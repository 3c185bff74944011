namespace Fluxgate;

/// <summary>Lets everything in and does nothing else.</summary>
internal sealed class DisabledPhase(PhaseStart start) : Phase(start)
{
    public override BreakerState State => BreakerState.Disabled;

    public override AdmitResult Admit(out Ticket ticket, out Signal? caused)
    {
        caused = null;
        ticket = new(this, CallStart.Untimed);
        return AdmitResult.Admitted;
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;
}
