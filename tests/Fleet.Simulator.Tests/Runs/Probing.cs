using Fluxgate.Scenarios;
using Fluxgate.Simulation;

namespace Fluxgate.Runs;

public sealed class Probing
{
    [Fact]
    public void Exactly_5_of_500_members_probe_at_once()
    {
        Assert.Equal(5, MadeRuns.FiguresOf(Scenario.Probes, members: 500).MostProbers);
        Assert.InRange(MadeRuns.FiguresOf(Scenario.Probes, Variant.Alone, members: 500).MostProbers, 400, 500);
    }

    [Fact]
    public void Leases_of_dead_members_go_to_the_next_when_they_expire()
    {
        var seconds = MadeRuns.Of(Scenario.Probes, members: 500).Seconds;
        var diedAt = (int)Scenario.UsuallyWorksAt.TotalSeconds;
        var dead = seconds[diedAt - 1].In(BreakerState.HalfOpen);
        var leases = (int)FleetRules.Default.LeaseTime.TotalSeconds;

        // The leases that the dead members did not hold are used; theirs are, once they have expired.
        Assert.InRange(dead, 1, 5);
        Assert.All(seconds.Skip(diedAt).Take(leases - 1), second => Assert.InRange(second.In(BreakerState.HalfOpen), dead, 5));
        Assert.Contains(seconds.Skip(diedAt + leases), second => second.In(BreakerState.HalfOpen) > 5);
        Assert.All(seconds.Skip(diedAt), second => Assert.InRange(second.In(BreakerState.HalfOpen), dead, dead + 5));
    }

    [Fact]
    public void Probers_of_a_fleet_without_its_store_are_spread()
    {
        var spread = NewProbers(Variant.Fleet);
        var atOnce = NewProbers(Variant.NoSpread);

        // The mean is that of the rule; a second more or less of waiting for a call moves single ones.
        Assert.InRange(spread.Average(), 13, 16);
        Assert.InRange(spread.Max(), 13, 24);
        Assert.InRange(atOnce.Max(), 100, 400);
    }

    /// <summary>Returns the members that begin to probe in each second, from the ends of the first breaks on.</summary>
    private static int[] NewProbers(Variant variant)
    {
        var world = Scenario.StoreGone.World(variant, members: 400) with { Duration = TimeSpan.FromSeconds(51) };
        return [.. Run.Of(world).Seconds.Skip(31).Select(second => second.Began)];
    }
}
