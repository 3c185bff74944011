using Fluxgate.Scenarios;

namespace Fluxgate.Runs;

/// <summary>A fleet that trips itself again for ever, although the dependency works.</summary>
public sealed class Latches
{
    [Fact]
    public void A_fleet_whose_votes_are_its_own_echo_never_recovers()
    {
        var run = MadeRuns.FiguresOf(Scenario.Blink, Variant.Echoes);

        Assert.InRange(run.FleetTrips, 20, int.MaxValue);
        Assert.Null(run.RecoveredAfter(Scenario.Blink.WorksAt));
    }

    [Fact]
    public void A_fleet_with_votes_of_failed_probes_trips_healthy_members_for_ever()
    {
        var run = MadeRuns.FiguresOf(Scenario.Partial, Variant.FailedProbes);

        Assert.InRange(run.FleetTrips, 20, int.MaxValue);
        Assert.Null(run.RecoveredAfter(Scenario.Partial.WorksAt));
    }

    [Theory]
    [InlineData("blink")]
    [InlineData("partial")]
    public void A_fleet_with_own_votes_trips_once_and_recovers(string name)
    {
        var scenario = Scenario.All.Single(scenario => scenario.Name == name);

        var run = MadeRuns.FiguresOf(scenario);

        Assert.Equal(1, run.FleetTrips);
        Assert.NotNull(run.RecoveredAfter(scenario.WorksAt));
    }
}
