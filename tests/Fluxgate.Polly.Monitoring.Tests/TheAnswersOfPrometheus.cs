namespace Fluxgate;

/// <summary>A real Prometheus scraped a process through an outage: each expression that the kit prints comes to what the process counted.</summary>
[Collection(SeenByPrometheus.Name)]
public sealed class TheAnswersOfPrometheus(MonitoredOutage outage)
{
    [NeedsPrometheusFact]
    public Task Every_expression_of_the_documentation_comes_to_what_was_counted() =>
        KitAnswers.AreAsCountedAsync(
            outage,
            [.. KitDocument.Expressions.Select(expression => new KitQuestion(KitDocument.Name, expression, expression))],
            ExpectedOfTheDocument.All
        );

    [NeedsPrometheusFact]
    public Task Every_expression_of_the_rules_comes_to_what_was_counted() =>
        KitAnswers.AreAsCountedAsync(
            outage,
            [.. KitRules.Recorded.Concat(KitRules.Alerts).Select(rule => new KitQuestion(rule.Name, rule.Expression, rule.Expression))],
            ExpectedOfTheRules.All
        );

    [NeedsPrometheusFact]
    public Task What_the_rules_recorded_is_what_their_expressions_came_to_then() =>
        KitAnswers.AreAsCountedAsync(
            outage,
            [.. KitRules.Recorded.Select(rule => new KitQuestion("recording.rules.yml", rule.Name, rule.Name))],
            KitRules.Recorded.ToDictionary(
                rule => rule.Name,
                Func<KitMoment, KitVector> (rule) => now => ExpectedOfTheRules.All[rule.Expression](now.Recorded)
            )
        );

    [NeedsPrometheusFact]
    public async Task Every_rule_is_healthy_and_says_which_state_it_means()
    {
        var groups = (await outage.Prometheus.GetAsync("api/v1/rules")).GetProperty("data").GetProperty("groups");
        var rules = groups.EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToArray();

        Assert.Equal(
            KitRules.Recorded.Concat(KitRules.Alerts).Select(rule => rule.Name).Order(StringComparer.Ordinal),
            rules.Select(rule => KitDashboard.Text(rule, "name")).Order(StringComparer.Ordinal)
        );
        Assert.All(rules, rule => Assert.True(KitDashboard.Text(rule, "health") == "ok", $"{rule}"));
        Assert.All(rules, rule => Assert.True(TheDashboard.SaysWhich(KitDashboard.Text(rule, "query")), $"{rule}"));
    }

    [NeedsPrometheusFact]
    public Task Every_expression_of_the_dashboard_comes_to_what_was_counted() =>
        KitAnswers.AreAsCountedAsync(
            outage,
            [
                .. KitDashboard.Expressions.Select(asked => new KitQuestion(
                    asked.Where,
                    asked.Expression,
                    KitDashboard.Chosen(asked.Expression)
                )),
            ],
            ExpectedOfTheDashboard.All
        );

    [NeedsPrometheusFact]
    public Task A_job_and_a_circuit_that_are_chosen_are_alone_on_the_dashboard() =>
        KitAnswers.AreAsCountedAsync(
            outage,
            [
                .. KitDashboard.Expressions.Select(asked => new KitQuestion(
                    asked.Where,
                    asked.Expression,
                    KitDashboard.Chosen(asked.Expression, "quickstart", "inventory")
                )),
            ],
            ExpectedOfTheDashboard.All,
            outage.Now.Choose("quickstart", "inventory")
        );

    [NeedsPrometheusFact]
    public Task The_variables_list_every_job_instance_and_circuit() =>
        KitAnswers.AreAsCountedAsync(
            outage,
            [
                .. KitDashboard
                    .Variables.Skip(1)
                    .Select(variable =>
                    {
                        var (series, label) = KitDashboard.LabelValues(variable);
                        return new KitQuestion(
                            KitDashboard.Text(variable, "name"),
                            KitDashboard.Text(variable.GetProperty("query"), "query"),
                            $"count by ({label}) ({KitDashboard.Chosen(series)})"
                        );
                    }),
            ],
            ExpectedOfTheDashboard.Variables
        );
}
