using System.Diagnostics;
using System.Globalization;
using Fluxgate.Scenarios;
using Fluxgate.Simulation;

namespace Fluxgate.Report;

/// <summary>Writes the tables between the markers of docs/fleet-design.md, and its pictures.</summary>
internal static class Document
{
    private const string Page = "docs/fleet-design.md";
    private const int TimedSeconds = 60;

    private static readonly (Scenario Scenario, Variant Variant, string File)[] Pictures =
    [
        (Scenario.Saturated, Variant.Fleet, "docs/images/fleet-saturated.svg"),
        (Scenario.Saturated, Variant.DoublingNeverShrinks, "docs/images/fleet-saturated-doubling.svg"),
        (Scenario.Blink, Variant.Echoes, "docs/images/fleet-echoes.svg"),
    ];

    public static void Write(TextWriter progress)
    {
        var root = Root();
        var text = File.ReadAllText(Path.Combine(root, Page));
        var runs = new Dictionary<(Scenario, Variant), Recording>();
        foreach (var table in Table.All)
        {
            text = Replaced(text, table.Name, table.Text((scenario, variant) => RunOf(runs, scenario, variant, progress)));
        }

        text = Replaced(text, "rules", Table.Numbers());
        text = Replaced(text, "speed", Speed());
        File.WriteAllText(Path.Combine(root, Page), text);
        foreach (var (scenario, variant, file) in Pictures)
        {
            File.WriteAllText(
                Path.Combine(root, file),
                SvgPicture.Of(RunOf(runs, scenario, variant, progress), $"{scenario.Name}, {variant.Name}")
            );
        }

        progress.WriteLine($"Wrote {Page} and {Pictures.Length} pictures.");
    }

    private static Recording RunOf(Dictionary<(Scenario, Variant), Recording> runs, Scenario scenario, Variant variant, TextWriter progress)
    {
        if (!runs.TryGetValue((scenario, variant), out var recording))
        {
            progress.WriteLine($"{scenario.Name}, {variant.Name}");
            runs[(scenario, variant)] = recording = Run.Of(scenario.World(variant));
        }

        return recording;
    }

    private static string Speed()
    {
        var world = Scenario.Outage.World() with { Duration = TimeSpan.FromSeconds(TimedSeconds) };
        Run.Of(world);
        var clock = Stopwatch.StartNew();
        var calls = Run.Of(world).Seconds.Sum(second => (long)second.Demand);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{TimedSeconds} simulated seconds of {world.Members:N0} members ({calls:N0} calls) took {clock.Elapsed.TotalSeconds:0.0} s on {Environment.ProcessorCount} cores of a shared machine, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}.\n"
        );
    }

    private static string Replaced(string text, string name, string content)
    {
        var begin = $"<!-- measured: {name} -->\n";
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        if (from < 0)
        {
            throw new InvalidOperationException($"{Page} must contain the marker '{begin.Trim()}', but does not.");
        }

        from += begin.Length;
        var to = text.IndexOf("<!-- end -->", from, StringComparison.Ordinal);
        return $"{text[..from]}{content}{text[to..]}";
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Page)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{Page} must be in a folder above the program, but is not.");
    }
}
