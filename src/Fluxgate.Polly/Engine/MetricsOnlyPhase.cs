namespace Fluxgate;

/// <summary>Lets every call in and counts the trips that a closed circuit would have made.</summary>
internal sealed class MetricsOnlyPhase(PhaseStart start) : RecordingPhase(start)
{
    public override BreakerState State => BreakerState.MetricsOnly;

    protected override Signal? Fired(Tripper tripper, in Reading reading, long breakTicks)
    {
        Breaker.WouldTrip(this, UserCode.Explain(tripper, reading));
        return null;
    }
}
