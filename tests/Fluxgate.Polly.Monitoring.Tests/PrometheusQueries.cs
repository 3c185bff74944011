namespace Fluxgate;

/// <summary>Compares each expression of the monitoring files, as a real Prometheus evaluates it, with the counts of the process.</summary>
[Collection(OutageCollection.Name)]
public sealed class PrometheusQueries(MonitoredOutage outage)
{
    [NeedsPrometheusFact]
    public Task Every_expression_of_the_documentation_returns_the_counted_values() =>
        KitQueries.AssertCountsAsync(
            outage,
            [.. KitDocument.Expressions.Select(expression => new KitQuery(KitDocument.Name, expression, expression))],
            DocumentExpectations.All
        );

    [NeedsPrometheusFact]
    public Task Every_expression_of_the_rules_returns_the_counted_values() =>
        KitQueries.AssertCountsAsync(
            outage,
            [.. KitRules.Recorded.Concat(KitRules.Alerts).Select(rule => new KitQuery(rule.Name, rule.Expression, rule.Expression))],
            RuleExpectations.All
        );

    [NeedsPrometheusFact]
    public Task The_recorded_series_equal_their_expressions_at_that_time() =>
        KitQueries.AssertCountsAsync(
            outage,
            [.. KitRules.Recorded.Select(rule => new KitQuery("recording.rules.yml", rule.Name, rule.Name))],
            KitRules.Recorded.ToDictionary(
                rule => rule.Name,
                Func<KitMoment, KitVector> (rule) => now => RuleExpectations.All[rule.Expression](now.Recorded)
            )
        );

    [NeedsPrometheusFact]
    public async Task Every_rule_is_healthy_and_selects_its_states()
    {
        var groups = (await outage.Prometheus.GetAsync("api/v1/rules")).GetProperty("data").GetProperty("groups");
        var rules = groups.EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToArray();

        Assert.Equal(
            KitRules.Recorded.Concat(KitRules.Alerts).Select(rule => rule.Name).Order(StringComparer.Ordinal),
            rules.Select(rule => KitDashboard.Text(rule, "name")).Order(StringComparer.Ordinal)
        );
        Assert.All(rules, rule => Assert.True(KitDashboard.Text(rule, "health") == "ok", $"{rule}"));
        Assert.All(rules, rule => Assert.True(DashboardFile.SelectsStates(KitDashboard.Text(rule, "query")), $"{rule}"));
    }

    [NeedsPrometheusFact]
    public Task Every_expression_of_the_dashboard_returns_the_counted_values() =>
        KitQueries.AssertCountsAsync(
            outage,
            [
                .. KitDashboard.Expressions.Select(asked => new KitQuery(
                    asked.Where,
                    asked.Expression,
                    KitDashboard.Chosen(asked.Expression)
                )),
            ],
            DashboardExpectations.All
        );

    [NeedsPrometheusFact]
    public Task The_dashboard_shows_only_the_selected_job_and_circuit() =>
        KitQueries.AssertCountsAsync(
            outage,
            [
                .. KitDashboard.Expressions.Select(asked => new KitQuery(
                    asked.Where,
                    asked.Expression,
                    KitDashboard.Chosen(asked.Expression, "quickstart", "inventory")
                )),
            ],
            DashboardExpectations.All,
            outage.Now.Choose("quickstart", "inventory")
        );

    [NeedsPrometheusFact]
    public Task The_variables_list_every_job_instance_and_circuit() =>
        KitQueries.AssertCountsAsync(
            outage,
            [
                .. KitDashboard
                    .Variables.Skip(1)
                    .Select(variable =>
                    {
                        var (series, label) = KitDashboard.LabelValues(variable);
                        return new KitQuery(
                            KitDashboard.Text(variable, "name"),
                            KitDashboard.Text(variable.GetProperty("query"), "query"),
                            $"count by ({label}) ({KitDashboard.Chosen(series)})"
                        );
                    }),
            ],
            DashboardExpectations.Variables
        );
}
