namespace Fluxgate;

/// <summary>Compares the series of each family in Prometheus after an outage with the counts of callers and listeners.</summary>
[Collection(OutageCollection.Name)]
public sealed class OutageFamilies(MonitoredOutage outage)
{
    private static readonly string[] Families = [.. CountedFamilies.All.Keys, .. CountedGroups.OfGroupsAlone.Keys];

    [NeedsPrometheusFact]
    public Task Every_series_of_every_family_has_the_counted_value() =>
        KitQueries.AssertCountsAsync(
            outage,
            [
                .. new MetricCatalog()
                    .SelectMany(
                        family => family.Type == MetricType.Histogram ? ["_bucket", "_sum", "_count"] : (string[])[""],
                        (family, part) => family.Name + part
                    )
                    .Select(family => new KitQuery("the catalog", family, family)),
            ],
            Families.ToDictionary(family => family, Func<KitMoment, KitVector> (family) => now => now[family["circuit_breaker_".Length..]])
        );

    [NeedsPrometheusFact]
    public void The_outage_changes_every_family() =>
        Assert.All(Families, family => Assert.Contains(outage.Now[family["circuit_breaker_".Length..]], sample => sample.Value != 0));

    [NeedsPrometheusFact]
    public void Every_counter_is_0_before_the_first_event()
    {
        var counters = Families.Where(family => family.EndsWith("_total", StringComparison.Ordinal)).ToArray();
        var before = outage.Now with { Targets = outage.Before };

        Assert.True(counters.Length > 10);
        Assert.All(
            counters.SelectMany(family =>
                before[family["circuit_breaker_".Length..]]
                    .Select(series => (series, First: outage.Now.Scrapes.Of(family, series)[0].Value))
            ),
            counter => Assert.Equal((0, 0), (counter.series.Value, counter.First))
        );
    }

    [NeedsPrometheusFact]
    public void The_series_of_a_key_that_fails_begin_before_its_first_failure()
    {
        foreach (var family in Families.Where(family => family.StartsWith("circuit_breaker_key_", StringComparison.Ordinal)).Skip(1))
        {
            var keys = outage.Now[family["circuit_breaker_".Length..]].Where(series => series.Value > 0).ToArray();
            Assert.True(keys.Length >= 8, family);
            Assert.All(keys, series => Assert.Equal(0, outage.Now.Scrapes.Of(family, series)[0].Value));
        }
    }

    [NeedsPrometheusFact]
    public async Task The_series_are_those_of_failing_keys_and_of_the_first_other_keys()
    {
        var states = await outage.QueryAsync("circuit_breaker_key_state{job=\"quickstart\"} == 1");

        Assert.Equal(
            (string[])["tenant-00", "tenant-01", "tenant-02", "tenant-03", .. Enumerable.Range(24, 8).Select(key => $"tenant-{key}")],
            states.Select(sample => sample["key"]).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["closed 4", "half_open 1", "open 7"],
            states.CountBy(sample => sample["state"]).Select(state => $"{state.Key} {state.Value}").Order()
        );
    }

    [NeedsPrometheusFact]
    public async Task A_manual_transition_starts_at_1_so_its_increase_is_missed()
    {
        const string ForcedOpen = "circuit_breaker_state_transition_total{new_state=\"forced_open\"}";

        Assert.Equal(1, (await outage.QueryAsync(ForcedOpen)).Single().Value);
        Assert.All(await outage.QueryAsync($"increase({ForcedOpen}[1h])"), sample => Assert.Equal(0, sample.Value));
        Assert.Equal("maintenance", (await outage.QueryAsync("circuit_breaker_state{state=\"forced_open\"} == 1")).Single().Circuit);
    }

    [NeedsPrometheusFact]
    public async Task The_process_without_an_outage_counts_nothing()
    {
        var moved = await outage.QueryAsync("sum({__name__=~\"circuit_breaker_.*_total\", job=\"payments-api\"})");
        var born = await outage.QueryAsync("count(circuit_breaker_state_code{job=\"payments-api\"})");

        Assert.Equal((0, outage.Before[1].Counts.Circuits.Count), (moved.Single().Value, born.Single().Value));
    }
}
