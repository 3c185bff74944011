namespace Fluxgate;

/// <summary>The metrics of a fleet. No label names a member.</summary>
public sealed class FleetMetricFamilies
{
    [Fact]
    public async Task Two_hundred_members_make_as_many_series_as_one()
    {
        var alone = await WithTroubleAsync(new(1, "payments", "orders"), open: 0);
        var world = await WithTroubleAsync(new(200, "payments", "orders"), open: 3);

        var page = Page(world[7]);

        Assert.Equal(SeriesOf(Page(alone[0])), SeriesOf(page));
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

    [Fact]
    public async Task The_page_counts_directives_divergences_failures_and_the_leader()
    {
        var world = new FleetWorld(2, "a", "b", "c");
        await world.StepAsync(2);
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "a"));
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "b"));
        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, "b"));
        await world.StepAsync();
        world[0]["a"].Reset("by hand");
        world[0].Store.Before = _ => throw new InvalidOperationException("gone");
        await world.StepAsync(6);
        world[0].Store.Before = null;
        world[0].Store.Returns = reading => reading with { Directives = new(FleetLimits.MaxRevision, new byte[] { 1 }) };
        await world.StepAsync();

        var (page, other) = (Page(world[0]), Page(world[1]));

        Assert.Contains("""circuit_breaker_fleet_directives{fleet="shop"} 1""", page);
        Assert.Contains("""circuit_breaker_fleet_divergent_circuits{fleet="shop"} 1""", page);
        Assert.Contains("""circuit_breaker_fleet_ignored_messages_total{fleet="shop"} 1""", page);
        Assert.Contains("""circuit_breaker_fleet_exchanges_total{fleet="shop",result="failure"} 6""", page);
        Assert.Contains("""circuit_breaker_fleet_exchanges_total{fleet="shop",result="success"} 4""", page);
        Assert.Contains("""circuit_breaker_fleet_leader{fleet="shop"} 0""", page);
        Assert.Contains("""circuit_breaker_fleet_leader{fleet="shop"} 1""", other);
    }

    [Fact]
    public async Task An_expired_directive_is_not_shown_even_before_the_next_exchange()
    {
        var world = new FleetWorld(1);
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, duration: TimeSpan.FromSeconds(5)));
        await world.StepAsync();
        Assert.Single(world[0].View.Directives);

        world.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(world[0].View.Directives);
    }

    [Fact]
    public async Task A_member_that_is_gone_is_shown_and_has_no_divergence()
    {
        var world = new FleetWorld(2);
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.StepAsync();
        world[1]["payments"].Reset("by hand");
        await world.StepAsync();
        Assert.Single((await world[0].View.ReadAsync()).Divergences);

        world.Kill(world[1]);
        await world.StepAsync(3);
        var report = await world[0].View.ReadAsync();

        Assert.Equal([("member 0", true), ("member 1", false)], report.Members.Select(member => (member.Id, member.IsAlive)));
        Assert.Equal(TimeSpan.FromSeconds(4), report.Members[1].LastSeen);
        Assert.Empty(report.Divergences);
        Assert.Equal(1, Assert.Single(report.RulesOf("payments")).Members);
    }

    /// <summary>Adds a group with 50 keys to the first member, and opens a circuit of one.</summary>
    private static async Task<FleetWorld> WithTroubleAsync(FleetWorld world, int open)
    {
        var group = new BreakerGroup("tenants", timeProvider: world.Time);
        world[0].Groups.Add(group);
        for (var i = 0; i < 50; i++)
        {
            group.GetOrAdd($"tenant {i}");
        }

        world[open]["payments"].Trip("down");
        await world.StepAsync(3);
        return world;
    }

    private static IEnumerable<string> SeriesOf(string[] page) =>
        page.Where(line => line.StartsWith("circuit_breaker_fleet", StringComparison.Ordinal))
            .Select(line => line[..line.LastIndexOf(' ')]);

    private static string[] Page(FleetTestMember member)
    {
        var metrics = new PrometheusMetrics(new MetricCatalog());
        foreach (var family in member.View.MetricFamilies)
        {
            metrics.Add(family);
        }

        return PrometheusText.Of(metrics).Split('\n');
    }
}
