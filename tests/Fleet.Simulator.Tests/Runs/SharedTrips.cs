using Fluxgate.Scenarios;
using Fluxgate.Simulation;

namespace Fluxgate.Runs;

public sealed class SharedTrips
{
    [Fact]
    public void One_bad_member_of_1000_costs_no_call_of_a_healthy_one()
    {
        var run = MadeRuns.FiguresOf(Scenario.BadMember, members: 1_000);

        Assert.Equal(1, run.OwnTrips);
        Assert.Equal((0, 0, 0), (run.FleetTrips, run.Followed, run.RefusedHealthy));
    }

    [Fact]
    public void One_that_opens_all_takes_the_service_down()
    {
        var run = MadeRuns.FiguresOf(Scenario.BadMember, Variant.OneOpensAll, members: 1_000);

        Assert.Equal(999, run.Followed);
        Assert.InRange(run.RefusedHealthy, 100_000, long.MaxValue);
    }

    [Fact]
    public void An_outage_opens_all_members_sooner_than_alone()
    {
        var (fleet, alone) = (MadeRuns.FiguresOf(Scenario.Outage), MadeRuns.FiguresOf(Scenario.Outage, Variant.Alone));

        Assert.Equal(1, fleet.FleetTrips);
        Assert.True(fleet.OpenAfter(Scenario.BeginsAt) < alone.OpenAfter(Scenario.BeginsAt));
        Assert.True(fleet.Failed < alone.Failed);
    }

    [Fact]
    public void Members_with_little_traffic_trip_within_6_seconds()
    {
        var run = MadeRuns.FiguresOf(Scenario.LowTraffic, members: 1_000);

        Assert.InRange(run.OpenAfter(Scenario.BeginsAt)!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        Assert.Equal(0, run.OwnTrips);
        Assert.Null(MadeRuns.FiguresOf(Scenario.LowTraffic, Variant.OwnSums, members: 1_000).OpenAfter(Scenario.BeginsAt, ratio: 0.01));
    }

    [Fact]
    public void A_zone_trips_without_the_others()
    {
        var run = MadeRuns.Of(Scenario.Zone);

        Assert.Single(run.FleetTrips);
        Assert.Equal((100, 200), (NotClosed(run), run.Seconds[^1].In(BreakerState.Closed)));
        Assert.Equal(0, new Figures(run).RefusedHealthy);
    }

    [Fact]
    public void Two_zones_with_a_quorum_trip_the_whole_fleet()
    {
        var run = MadeRuns.Of(Scenario.TwoZones);

        Assert.Equal(3, run.FleetTrips.Count);
        Assert.Equal(300, new Figures(run).Followed);
    }

    [Fact]
    public void Members_that_are_cut_off_trip_alone_and_nobody_follows()
    {
        var run = MadeRuns.FiguresOf(Scenario.Partition);

        Assert.Equal((0, 0, 0), (run.FleetTrips, run.Followed, run.RefusedHealthy));
        Assert.InRange(run.OwnTrips, 60, 130);
    }

    [Fact]
    public void A_minority_that_reaches_the_store_has_no_quorum()
    {
        var run = MadeRuns.FiguresOf(Scenario.Minority);

        Assert.Equal((0, 0, 0), (run.FleetTrips, run.Followed, run.RefusedHealthy));
        Assert.InRange(run.OwnTrips, 30, 70);
    }

    [Theory]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    [InlineData(BreakerState.MetricsOnly)]
    public void A_manual_state_is_left_by_no_trip_of_the_fleet(BreakerState state)
    {
        var world = Scenario.Outage.World(members: 60) with { Manual = member => member.Number < 20 ? state : null };

        var run = Run.Of(world);

        Assert.Single(run.FleetTrips);
        Assert.All(run.Seconds, second => Assert.Equal(20, second.In(state)));
        Assert.Equal(state == BreakerState.MetricsOnly ? 20 : 0, run.Seconds.Sum(second => second.WouldTrips));
    }

    private static int NotClosed(Recording run) => run.Seconds[^1].Members.Sum() - run.Seconds[^1].In(BreakerState.Closed);
}
