namespace QuickStart;

/// <summary>How a dependency answers.</summary>
internal enum Mood
{
    Healthy,
    Slow,
    Failing,
    Hanging,
}

/// <summary>A mood for a while.</summary>
internal sealed record Spell(Mood Mood, double ForSeconds);

/// <summary>A time in which the dependency was not healthy, whatever it was instead.</summary>
internal sealed record Outage(IReadOnlyList<Mood> Moods, TimeSpan From, TimeSpan Until);

/// <summary>The moods of a dependency, one after the other.</summary>
internal sealed class Schedule(bool repeats, params Spell[] spells)
{
    public IReadOnlyList<Spell> Spells => spells;

    public TimeSpan Length { get; } = TimeSpan.FromSeconds(spells.Sum(spell => spell.ForSeconds));

    /// <summary>Which of the spells it is in at a time since the start.</summary>
    public int IndexAt(TimeSpan time)
    {
        var seconds = repeats ? time.TotalSeconds % Length.TotalSeconds : time.TotalSeconds;
        var index = 0;
        while (index < spells.Length - 1 && seconds >= spells[index].ForSeconds)
        {
            seconds -= spells[index++].ForSeconds;
        }

        return index;
    }

    public Mood MoodAt(TimeSpan time) => spells[IndexAt(time)].Mood;

    /// <summary>The outages that had begun by a time.</summary>
    public IReadOnlyList<Outage> OutagesBy(TimeSpan time)
    {
        var outages = new List<Outage>();
        var start = TimeSpan.Zero;
        for (var i = 0; start < time && (repeats || i < spells.Length); i++)
        {
            var spell = spells[i % spells.Length];
            var end = start + TimeSpan.FromSeconds(spell.ForSeconds);
            if (spell.Mood != Mood.Healthy && outages is [.., var last] && last.Until == start)
            {
                outages[^1] = last with { Moods = [.. last.Moods, spell.Mood], Until = end };
            }
            else if (spell.Mood != Mood.Healthy)
            {
                outages.Add(new([spell.Mood], start, end));
            }

            start = end;
        }

        return outages;
    }
}
