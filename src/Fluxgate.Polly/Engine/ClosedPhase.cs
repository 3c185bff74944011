namespace Fluxgate;

/// <summary>Lets every call in until the tripper fires.</summary>
internal sealed class ClosedPhase(PhaseStart start) : RecordingPhase(start)
{
    public override BreakerState State => BreakerState.Closed;

    protected override Signal? Fired(Tripper tripper, in Reading reading, long breakTicks) =>
        Breaker.Open(this, UserCode.Explain(tripper, reading), History.Reopens, breakTicks);
}
