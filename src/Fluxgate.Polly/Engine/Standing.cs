namespace Fluxgate;

/// <summary>Where a half-open phase stands: a copy of it is what parts are asked with.</summary>
internal struct Standing
{
    public long Asked;
    public long Admitted;
    public int InFlight;
    public long Probes;
    public long Successes;
    public long ConsecutiveFailures;
    public long ConsecutiveSuccesses;
    public long IgnoredInARow;
}
