namespace Fluxgate;

/// <summary>The metrics of a fleet. No label names a member.</summary>
public sealed class FleetMetricFamilies
{
    [Fact]
    public async Task Two_hundred_members_make_as_many_series_as_one()
    {
        var world = new FleetWorld(200, "payments", "orders");
        var group = new BreakerGroup("tenants", timeProvider: world.Time);
        world[0].Groups.Add(group);
        for (var i = 0; i < 50; i++)
        {
            group.GetOrAdd($"tenant {i}");
        }

        world[3]["payments"].Trip("down");
        await world.StepAsync(3);

        var page = Page(world[7]);

        Assert.Contains("""circuit_breaker_fleet_members{fleet="shop",zone=""} 200""", page);
        Assert.Contains("""circuit_breaker_fleet_circuit_members{fleet="shop",circuit="payments",state="open"} 1""", page);
        Assert.Contains("""circuit_breaker_fleet_circuit_members{fleet="shop",circuit="payments",state="closed"} 199""", page);
        Assert.Contains("""circuit_breaker_fleet_circuit_members{fleet="shop",circuit="tenants",state="closed"} 51""", page);
        Assert.Contains("""circuit_breaker_fleet_connected{fleet="shop"} 1""", page);
        Assert.Contains("""circuit_breaker_fleet_exchanges_total{fleet="shop",result="success"} 3""", page);
        Assert.Equal(26, page.Count(line => line.StartsWith("circuit_breaker_fleet", StringComparison.Ordinal)));
        Assert.DoesNotContain(page, line => line.Contains("member 7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_of_a_thousand_members_is_as_small_as_that_of_ten()
    {
        string[] breakers = [.. Enumerable.Range(0, 10).Select(i => $"dependency-{i}")];
        var (few, many) = (new FleetWorld(10, breakers), new FleetWorld(1_000, breakers));
        await few.StepAsync(2);
        await many.StepAsync(2);

        var (small, large) = (Page(few[0]), Page(many[0]));

        Assert.Contains("""circuit_breaker_fleet_members{fleet="shop",zone=""} 1000""", large);
        Assert.Equal(small.Length, large.Length);
        Assert.InRange(large.Sum(line => line.Length + 1), 1_000, 16_000);
        Assert.DoesNotContain(large, line => line.Contains("member 7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_summary_that_nobody_renews_disappears()
    {
        var world = new FleetWorld(2);
        await world.StepAsync(3);
        foreach (var member in world.Members)
        {
            member.Store.Before = _ => throw new InvalidOperationException("gone");
        }

        await world.StepAsync(9);
        Assert.NotNull(world[0].View.Summary);
        await world.StepAsync(5);

        Assert.Null(world[0].View.Summary);
        var page = Page(world[0]);
        Assert.DoesNotContain(page, line => line.StartsWith("circuit_breaker_fleet_members{", StringComparison.Ordinal));
        Assert.Contains("""circuit_breaker_fleet_connected{fleet="shop"} 0""", page);
    }

    private static string[] Page(FleetTestMember member)
    {
        var metrics = new PrometheusMetrics(new MetricCatalogue());
        foreach (var family in member.View.MetricFamilies)
        {
            metrics.Add(family);
        }

        return PrometheusText.Of(metrics).Split('\n');
    }
}
