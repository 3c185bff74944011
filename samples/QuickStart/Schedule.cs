namespace QuickStart;

/// <summary>Specifies how the dependency responds.</summary>
internal enum Behavior
{
    Healthy,
    Slow,
    Failing,
    Hanging,
}

/// <summary>A behavior and its duration.</summary>
internal sealed record Phase(Behavior Behavior, double ForSeconds);

/// <summary>A period in which the dependency was not healthy.</summary>
internal sealed record Outage(IReadOnlyList<Behavior> Behaviors, TimeSpan From, TimeSpan Until);

/// <summary>The successive behaviors of a dependency.</summary>
internal sealed class Schedule(bool repeats, params Phase[] phases)
{
    public IReadOnlyList<Phase> Phases => phases;

    public TimeSpan Length { get; } = TimeSpan.FromSeconds(phases.Sum(phase => phase.ForSeconds));

    /// <summary>Returns the index of the phase at a time since the start.</summary>
    public int IndexAt(TimeSpan time)
    {
        var seconds = repeats ? time.TotalSeconds % Length.TotalSeconds : time.TotalSeconds;
        var index = 0;
        while (index < phases.Length - 1 && seconds >= phases[index].ForSeconds)
        {
            seconds -= phases[index++].ForSeconds;
        }

        return index;
    }

    public Behavior BehaviorAt(TimeSpan time) => phases[IndexAt(time)].Behavior;

    /// <summary>Returns the outages that began before a time since the start.</summary>
    public IReadOnlyList<Outage> OutagesBy(TimeSpan time)
    {
        var outages = new List<Outage>();
        var start = TimeSpan.Zero;
        for (var i = 0; start < time && (repeats || i < phases.Length); i++)
        {
            var phase = phases[i % phases.Length];
            var end = start + TimeSpan.FromSeconds(phase.ForSeconds);
            if (phase.Behavior != Behavior.Healthy && outages is [.., var last] && last.Until == start)
            {
                outages[^1] = last with { Behaviors = [.. last.Behaviors, phase.Behavior], Until = end };
            }
            else if (phase.Behavior != Behavior.Healthy)
            {
                outages.Add(new([phase.Behavior], start, end));
            }

            start = end;
        }

        return outages;
    }
}
