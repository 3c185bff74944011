namespace Fluxgate;

/// <summary>The probes of a half-open phase, counted: a copy of it is what parts are evaluated with.</summary>
internal struct ProbeCounts
{
    public long Asked;
    public long Admitted;
    public int InFlight;
    public long Recorded;
    public long Successes;
    public long ConsecutiveFailures;
    public long ConsecutiveSuccesses;
    public long IgnoredInARow;
}
