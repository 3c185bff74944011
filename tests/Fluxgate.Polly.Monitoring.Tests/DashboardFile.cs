using System.Text.Json;

namespace Fluxgate;

/// <summary>Checks samples/monitoring/dashboard.json without Grafana. Its types are checked in tests/Dashboard.</summary>
public sealed class DashboardFile
{
    private const string Matchers = "job=~\"$job\", instance=~\"$instance\", circuit_name=~\"$circuit\"";

    [Fact]
    public void Every_panel_has_a_unique_id_and_title_and_a_description()
    {
        var panels = KitDashboard.Panels;

        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => KitDashboard.Text(panel, "title")).Distinct(StringComparer.Ordinal).Count());
        Assert.All(panels, panel => Assert.NotEmpty(KitDashboard.Text(panel, "description")));
        Assert.All(panels, panel => Assert.NotEmpty(KitDashboard.ExpressionsOf(panel)));
        Assert.All(
            panels,
            panel =>
                Assert.Equal(
                    panel.GetProperty("targets").GetArrayLength(),
                    panel.GetProperty("targets").EnumerateArray().Select(target => KitDashboard.Text(target, "refId")).Distinct().Count()
                )
        );
    }

    [Fact]
    public void Panels_are_on_the_grid_and_do_not_overlap()
    {
        var taken = new HashSet<(int, int)>();
        foreach (var panel in KitDashboard.Panels)
        {
            var place = panel.GetProperty("gridPos");
            var (x, y, width, height) = (Of(place, "x"), Of(place, "y"), Of(place, "w"), Of(place, "h"));
            Assert.True(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 24, KitDashboard.Text(panel, "title"));
            for (var cell = 0; cell < width * height; cell++)
            {
                Assert.True(taken.Add((x + (cell % width), y + (cell / width))), KitDashboard.Text(panel, "title"));
            }
        }
    }

    [Fact]
    public void Every_selector_uses_the_variables()
    {
        Assert.True(KitDashboard.Expressions.Count > 20);
        Assert.All(
            KitDashboard.Expressions,
            asked =>
            {
                var selectors = KitDashboard.Selectors(asked.Expression).ToArray();
                Assert.NotEmpty(selectors);
                Assert.All(selectors, selector => Assert.EndsWith(Matchers, selector.Matchers, StringComparison.Ordinal));
            }
        );
    }

    [Fact]
    public void Every_expression_that_reads_states_selects_them()
    {
        var expressions = KitDashboard.Expressions.Where(asked => ReadsStates(asked.Expression)).ToArray();

        Assert.True(expressions.Length >= 2);
        Assert.All(expressions, asked => Assert.True(SelectsStates(asked.Expression), asked.Expression));
        Assert.False(SelectsStates("sum(circuit_breaker_state)"));
    }

    [Fact]
    public void Several_jobs_instances_and_circuits_can_be_selected()
    {
        Assert.Equal(
            ["datasource", "job", "instance", "circuit"],
            KitDashboard.Variables.Select(variable => KitDashboard.Text(variable, "name"))
        );
        Assert.Equal("datasource", KitDashboard.Text(KitDashboard.Variables[0], "type"));
        Assert.All(
            KitDashboard.Variables.Skip(1),
            variable =>
            {
                Assert.True(variable.GetProperty("multi").GetBoolean());
                Assert.True(variable.GetProperty("includeAll").GetBoolean());
            }
        );
    }

    [Fact]
    public void All_queries_use_the_selected_data_source()
    {
        var sources = KitDashboard
            .Panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Append(panel))
            .Concat(KitDashboard.Variables.Skip(1))
            .Select(element => KitDashboard.Text(element.GetProperty("datasource"), "uid"));

        Assert.All(sources, source => Assert.Equal("${datasource}", source));
    }

    internal static bool ReadsStates(string expression) =>
        KitDashboard.Selectors(expression).Any(selector => selector.Family == "circuit_breaker_state");

    /// <summary>Whether each state is selected or grouped. Otherwise the expression counts every circuit six times.</summary>
    internal static bool SelectsStates(string expression) =>
        KitDashboard
            .Selectors(expression)
            .Where(selector => selector.Family == "circuit_breaker_state")
            .All(selector =>
                selector.Matchers.Split(", ").Any(matcher => matcher.StartsWith("state=", StringComparison.Ordinal))
                || expression.Contains("by (state)", StringComparison.Ordinal)
            );

    private static int Of(JsonElement place, string property) => place.GetProperty(property).GetInt32();
}
