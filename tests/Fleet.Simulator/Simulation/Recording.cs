namespace Fluxgate.Simulation;

/// <summary>The counts of each second of a run.</summary>
internal sealed class Recording
{
    private readonly List<Second> _seconds = [new(0)];

    /// <summary>Gets the second that is running.</summary>
    public Second Now => _seconds[^1];

    public IReadOnlyList<Second> Seconds => _seconds;

    /// <summary>Gets when the scopes tripped.</summary>
    public List<TimeSpan> FleetTrips { get; } = [];

    /// <summary>Gets how often a cohort was sent back to the start.</summary>
    public int Setbacks { get; set; }

    /// <summary>Gets the most live members that were half-open at one moment and not in the cohort.</summary>
    public int MostProbers { get; set; }

    public void NextSecond() => _seconds.Add(new(_seconds.Count));

    public void RemoveLast() => _seconds.RemoveAt(_seconds.Count - 1);
}

/// <summary>The counts of one second.</summary>
internal sealed class Second(int number)
{
    public int Number => number;

    /// <summary>Gets or sets the calls that callers asked for.</summary>
    public int Demand { get; set; }

    /// <summary>Gets or sets the calls that breakers rejected.</summary>
    public int Refused { get; set; }

    /// <summary>Gets or sets the calls that breakers rejected although the dependency works for that member.</summary>
    public int RefusedHealthy { get; set; }

    /// <summary>Gets or sets the calls that the dependency received.</summary>
    public int Offered { get; set; }

    /// <summary>Gets or sets the calls that the dependency received and did not serve.</summary>
    public int Failed { get; set; }

    public int Served => Offered - Failed;

    /// <summary>Gets or sets the most calls that the dependency can bear in this second; <see langword="null"/> is any number.</summary>
    public double? Capacity { get; set; }

    /// <summary>Gets or sets the circuits that a member's own rule opened from closed.</summary>
    public int OwnTrips { get; set; }

    /// <summary>Gets or sets the circuits that the fleet opened.</summary>
    public int FleetTrips { get; set; }

    /// <summary>Gets or sets the trips of the fleet that metrics-only members counted and did not follow.</summary>
    public int WouldTrips { get; set; }

    /// <summary>Gets or sets the members that began to probe.</summary>
    public int Began { get; set; }

    /// <summary>Gets or sets the members that began to probe with a lease.</summary>
    public int BeganWithLease { get; set; }

    /// <summary>Gets the members by state at the end of the second, in the order of <see cref="BreakerState"/>.</summary>
    public int[] Members { get; } = new int[6];

    /// <summary>Gets or sets the mean share of the scopes that may return; 1 where a scope is not open.</summary>
    public double Share { get; set; } = 1;

    public int In(BreakerState state) => Members[(int)state];
}
