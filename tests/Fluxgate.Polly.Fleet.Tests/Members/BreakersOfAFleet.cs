using Polly;

namespace Fluxgate;

/// <summary>A breaker in a fleet is the breaker that it would be alone: the fleet only reads its snapshots.</summary>
public sealed class BreakersOfAFleet
{
    [Fact]
    public async Task A_call_of_a_breaker_in_a_fleet_allocates_nothing()
    {
        var world = new FleetWorld(1);
        var breaker = world[0]["payments"];
        await world.StepAsync(3);
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();
        for (var i = 0; i < 1_000; i++)
        {
            pipeline.Execute(static () => { });
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            pipeline.Execute(static () => { });
        }

        // The runtime may allocate something once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999);
    }

    [Fact]
    public async Task The_fleet_changes_no_setting_and_adds_no_listener_and_no_phase()
    {
        var world = new FleetWorld(1);
        var breaker = world[0]["payments"];
        var (before, phase) = (breaker.CopySettings(), breaker.Snapshot().PhaseNumber);

        await world.StepAsync(3);

        Assert.Equivalent(before, breaker.CopySettings());
        Assert.Empty(breaker.CopySettings().Listeners);
        Assert.Equal(phase, breaker.Snapshot().PhaseNumber);
        Assert.Empty(breaker.Reconfigure(before));
    }

    [Fact]
    public async Task A_call_reads_the_clock_as_often_as_without_a_fleet()
    {
        var world = new FleetWorld(1);
        var alone = new FluxgateBreaker("alone", timeProvider: world.Time);
        await world.StepAsync(3);

        Assert.Equal(Reads(alone), Reads(world[0]["payments"]));

        long Reads(FluxgateBreaker breaker)
        {
            var before = world.Time.TimestampReads;
            for (var i = 0; i < 50; i++)
            {
                breaker.Admit().Settle(Verdict.Success);
            }

            return world.Time.TimestampReads - before;
        }
    }

    [Fact]
    public async Task A_fleet_keeps_no_idle_key_of_a_group()
    {
        var world = new FleetWorld(1);
        var group = new BreakerGroup("tenants", timeProvider: world.Time, options: new() { IdleTimeout = TimeSpan.FromMinutes(1) });
        world[0].Groups.Add(group);
        await world.IssueAsync(FleetWorld.Order(FleetAction.MetricsOnly, "payments"));
        for (var i = 0; i < 50; i++)
        {
            group.GetOrAdd($"tenant {i}").Admit().Settle(Verdict.Success);
        }

        await world.StepAsync(2);
        Assert.Equal(52, world[0].View.Status.Circuits);
        await world.StepAsync(120);

        Assert.Equal((0, 2), (group.Count, world[0].View.Status.Circuits));
        Assert.Equal(2, Assert.Single((await world[0].View.ReadAsync()).Members).Circuits.Count);
    }
}
