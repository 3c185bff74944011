using System.Collections.Concurrent;
using Fluxgate.Scenarios;
using Fluxgate.Simulation;

namespace Fluxgate.Runs;

/// <summary>The runs that tests look at. Each is made once.</summary>
internal static class MadeRuns
{
    private static readonly ConcurrentDictionary<(Scenario, Variant, int), Lazy<Recording>> Made = new();

    public static Recording Of(Scenario scenario, Variant? variant = null, int members = 300) =>
        Made.GetOrAdd(
            (scenario, variant ?? Variant.Fleet, members),
            asked => new(() => Run.Of(asked.Item1.World(asked.Item2, asked.Item3)))
        ).Value;

    public static Figures FiguresOf(Scenario scenario, Variant? variant = null, int members = 300) => new(Of(scenario, variant, members));
}
