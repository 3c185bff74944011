using Fluxgate.Scenarios;

namespace Fluxgate.Runs;

public sealed class RecoveryInCohorts
{
    private const double Limit = 1.2;
    private const int Members = 300;

    private static readonly TimeSpan OutageIsOver = TimeSpan.FromSeconds(45);

    [Theory]
    [InlineData("step")]
    [InlineData("ramp")]
    [InlineData("saturated")]
    public void The_load_stays_near_what_the_dependency_can_bear(string name)
    {
        var run = FiguresOf(name, Variant.Fleet);

        Assert.InRange(run.PeakLoad, 0.9, Limit);
        Assert.Equal((1, 0), (run.FleetTrips, run.OwnTripsAfter(OutageIsOver)));
    }

    [Theory]
    [InlineData("step")]
    [InlineData("saturated")]
    public void Members_alone_overload_the_dependency_and_trip_again(string name)
    {
        var run = FiguresOf(name, Variant.Alone);

        Assert.InRange(run.PeakLoad, 1.5, double.MaxValue);
        Assert.InRange(run.OwnTripsAfter(OutageIsOver), 50, int.MaxValue);
    }

    [Fact]
    public void Cohorts_that_double_overshoot()
    {
        Assert.InRange(FiguresOf("saturated", Variant.Doubling).PeakLoad, 1.35, double.MaxValue);
    }

    [Fact]
    public void Cohorts_that_never_shrink_overload_a_dependency_that_weakens()
    {
        var (fleet, never) = (FiguresOf("dip", Variant.Fleet), FiguresOf("dip", Variant.NeverShrinks));

        Assert.InRange(fleet.PeakLoad, 0.5, Limit);
        Assert.InRange(never.PeakLoad, 1.5, double.MaxValue);
        Assert.InRange(never.OwnTripsAfter(OutageIsOver), 10 * Math.Max(1, fleet.OwnTripsAfter(OutageIsOver)), int.MaxValue);
    }

    [Fact]
    public void Recovery_takes_at_most_3_times_as_long_as_alone()
    {
        var (fleet, alone) = (FiguresOf("outage", Variant.Fleet), FiguresOf("outage", Variant.Alone));

        Assert.True(fleet.RecoveredAfter(Scenario.Outage.WorksAt) <= 3 * alone.RecoveredAfter(Scenario.Outage.WorksAt));
        Assert.Equal((0, 0), (fleet.OwnTripsAfter(OutageIsOver), fleet.Setbacks));
    }

    [Fact]
    public void Errors_that_are_usual_do_not_stop_the_recovery()
    {
        Assert.NotNull(FiguresOf("noisy", Variant.Fleet).RecoveredAfter(Scenario.Noisy.WorksAt));
    }

    private static Figures FiguresOf(string name, Variant variant) =>
        MadeRuns.FiguresOf(Scenario.All.Single(scenario => scenario.Name == name), variant, Members);
}
