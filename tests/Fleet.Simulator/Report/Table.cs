using System.Globalization;
using System.Text;
using Fluxgate.Scenarios;
using Fluxgate.Simulation;

namespace Fluxgate.Report;

/// <summary>A table of figures: some runs, and what is shown of each.</summary>
internal sealed record Table(
    string Name,
    IReadOnlyList<(string Title, Func<Scenario, Figures, string> Value)> Columns,
    IReadOnlyList<(Scenario, Variant)> Rows
)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private static readonly (string, Func<Scenario, Figures, string>) Refused = (
        "calls rejected although the dependency worked",
        (_, run) => N(run.RefusedHealthy)
    );
    private static readonly (string, Func<Scenario, Figures, string>) Failed = ("failed calls", (_, run) => N(run.Failed));
    private static readonly (string, Func<Scenario, Figures, string>) FleetTrips = ("trips of the fleet", (_, run) => N(run.FleetTrips));
    private static readonly (string, Func<Scenario, Figures, string>) Recovered = (
        "recovered after",
        (scenario, run) => scenario.WorksAt is null ? "–" : Figures.Seconds(run.RecoveredAfter(scenario.WorksAt))
    );

    public static IReadOnlyList<Table> All { get; } =
    [
        new(
            "trips",
            [
                FleetTrips,
                ("members that followed", (_, run) => N(run.Followed)),
                ("99 % open after", (_, run) => Figures.Seconds(run.OpenAfter(Scenario.BeginsAt))),
                Failed,
                Refused,
            ],
            [
                (Scenario.BadMember, Variant.Fleet),
                (Scenario.BadMember, Variant.OneOpensAll),
                (Scenario.Outage, Variant.Fleet),
                (Scenario.Outage, Variant.Alone),
                (Scenario.LowTraffic, Variant.Fleet),
                (Scenario.LowTraffic, Variant.OwnSums),
                (Scenario.Zone, Variant.Fleet),
                (Scenario.TwoZones, Variant.Fleet),
                (Scenario.Partition, Variant.Fleet),
                (Scenario.Minority, Variant.Fleet),
            ]
        ),
        new(
            "latches",
            [FleetTrips, ("members that followed", (_, run) => N(run.Followed)), Recovered, Failed, Refused],
            [
                (Scenario.Blink, Variant.Fleet),
                (Scenario.Blink, Variant.Alone),
                (Scenario.Blink, Variant.AllAtOnce),
                (Scenario.Blink, Variant.Echoes),
                (Scenario.Partial, Variant.Fleet),
                (Scenario.Partial, Variant.Alone),
                (Scenario.Partial, Variant.AllAtOnce),
                (Scenario.Partial, Variant.FailedProbes),
            ]
        ),
        new(
            "probes",
            [
                ("most members that probe at once", (_, run) => N(run.MostProbers)),
                ("most that begin in a second", (_, run) => N(run.MostBegan)),
                Recovered,
            ],
            [
                (Scenario.Probes, Variant.Fleet),
                (Scenario.Probes, Variant.Alone),
                (Scenario.StoreGone, Variant.Fleet),
                (Scenario.StoreGone, Variant.NoSpread),
            ]
        ),
        new(
            "recovery",
            [
                ("peak load / capacity", (_, run) => Figures.Ratio(run.PeakLoad)),
                ("capacity used", (_, run) => Figures.Ratio(run.Used)),
                Recovered,
                ("own trips after the outage", (scenario, run) => N(run.OwnTripsAfter((scenario.WorksAt ?? default) + Settled))),
                Failed,
                Refused,
            ],
            [
                .. Of(Scenario.Outage, Variant.Fleet, Variant.Alone, Variant.Doubling),
                .. Of(Scenario.Step, Variant.Fleet, Variant.Alone, Variant.Doubling),
                .. Of(Scenario.Ramp, Variant.Fleet, Variant.Alone, Variant.Doubling),
                .. Of(Scenario.Saturated, Variant.Fleet, Variant.Alone, Variant.Doubling, Variant.DoublingNeverShrinks),
                .. Of(Scenario.Dip, Variant.Fleet, Variant.Alone, Variant.NeverShrinks),
                .. Of(Scenario.Noisy, Variant.Fleet, Variant.Alone),
                .. Of(Scenario.Rough, Variant.Fleet),
            ]
        ),
    ];

    /// <summary>Returns the numbers of the rules, as a table.</summary>
    public static string Numbers()
    {
        var text = new StringBuilder("| setting | default |\n|---|---|\n");
        foreach (var property in typeof(FleetRules).GetProperties().Where(property => property.CanWrite))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {Default(property.GetValue(FleetRules.Default))} |\n");
        }

        return text.ToString();
    }

    public string Text(Func<Scenario, Variant, Recording> run)
    {
        var text = new StringBuilder($"| scenario | variant | {string.Join(" | ", Columns.Select(column => column.Title))} |\n");
        text.Append("|---|---").Insert(text.Length, "|---", Columns.Count).Append("|\n");
        foreach (var (scenario, variant) in Rows)
        {
            var figures = new Figures(run(scenario, variant));
            var cells = Columns.Select(column => column.Value(scenario, figures));
            text.Append(CultureInfo.InvariantCulture, $"| {scenario.Name} | {variant.Name} | {string.Join(" | ", cells)} |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(Scenario, Variant)> Of(Scenario scenario, params Variant[] variants) =>
        variants.Select(variant => (scenario, variant));

    private static string Default(object? value) =>
        value is TimeSpan time ? Figures.Seconds(time) : string.Create(CultureInfo.InvariantCulture, $"{value}");

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
