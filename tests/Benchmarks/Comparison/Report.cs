using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Fluxgate;

/// <summary>The results as tables and bars: on the console, and between the markers of docs/performance.md.</summary>
internal static class Report
{
    private const string Document = "docs/performance.md";
    private const string Picture = "docs/images/performance.svg";

    public static void Print(IEnumerable<Result> results)
    {
        foreach (var table in results.GroupBy(result => result.Row.Table))
        {
            Console.WriteLine();
            Console.Write(Table(table));
        }
    }

    /// <summary>Replaces what stands between the markers. A table is replaced only where all of its rows were measured.</summary>
    public static void Write(IReadOnlyList<Result> results, Effort effort)
    {
        var root = Root();
        var document = Path.Combine(root, Document);
        var text = File.ReadAllText(document);
        foreach (var table in results.GroupBy(result => result.Row.Table))
        {
            if (table.Count() == Rows.All.Count(row => row.Table == table.Key))
            {
                text = Replaced(text, table.Key, Table(table));
            }
        }

        text = Replaced(text, "machine", Machine(effort));
        File.WriteAllText(document, text);
        if (results.Count == Rows.All.Count)
        {
            File.WriteAllText(Path.Combine(root, Picture), Bars(results.Where(result => result.Row.Table == "calls")));
        }

        Console.Error.WriteLine($"Wrote {Document}.");
    }

    private static string Table(IEnumerable<Result> results)
    {
        var text = new StringBuilder(
            "| | beside | theirs | ours | ratio | spread | bytes: theirs, ours | mark |\n|---|---|---|---|---|---|---|---|\n"
        );
        foreach (var result in results)
        {
            var (row, median) = (result.Row, result.Median);
            text.Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {row.Name} | {row.Rival} | {Figure(median.Theirs)} {row.Unit} | {Figure(median.Ours)} {row.Unit} | {median.Ratio:0.00} | {result.Lowest:0.00}–{result.Highest:0.00} | {median.TheirBytes:N0}, {median.OurBytes:N0} | {MarkOf(result)} |\n"
                )
            );
        }

        return text.ToString();
    }

    private static string MarkOf(Result result)
    {
        string?[] marks =
        [
            result.Row.MostRatio is { } most ? $"≤ {most.ToString("0.00", CultureInfo.InvariantCulture)}" : null,
            result.Row.LeastRatio is { } least ? $"≥ {least.ToString("0.00", CultureInfo.InvariantCulture)}" : null,
            result.Row.MostMore is { } more ? $"≤ + {more.ToString("N0", CultureInfo.InvariantCulture)} {result.Row.Unit}" : null,
            result.Row.MostOurs is { } ours ? $"≤ {ours.ToString("N0", CultureInfo.InvariantCulture)} {result.Row.Unit}" : null,
            result.Row.MostBytes is { } bytes ? $"≤ {bytes.ToString("N0", CultureInfo.InvariantCulture)} B" : null,
        ];
        var text = string.Join(", ", marks.OfType<string>());
        return text.Length == 0 ? "" : $"{text}: {(result.Row.Meets(result.Median) ? "met" : "**missed**")}";
    }

    private static string Figure(double value) => value.ToString(value < 10 ? "0.00" : "N0", CultureInfo.InvariantCulture);

    private static string Machine(Effort effort) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Measured on {TimeProvider.System.GetUtcNow():yyyy-MM-dd}: {Environment.ProcessorCount} cores ({Processor()}), {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, Polly.Core {VersionOf("Polly.Core")}, prometheus-net {VersionOf("prometheus-net")}; {effort.Processes} processes a row, {effort.Rounds} rounds in each. A spread is that of the processes' medians.\n"
        );

    private static string Processor()
    {
        const string Key = "model name";
        const string Source = "/proc/cpuinfo";
        var line = File.Exists(Source)
            ? File.ReadLines(Source).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }

    // The version of the package, which the references of this program name; an assembly's own version may be older.
    private static string VersionOf(string package)
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Benchmarks.deps.json")));
        return dependencies
            .RootElement.GetProperty("libraries")
            .EnumerateObject()
            .Select(library => library.Name.Split('/'))
            .Single(library => library[0] == package)[1];
    }

    private static string Replaced(string text, string section, string content)
    {
        var (begin, end) = ($"<!-- measured: {section} -->\n", "<!-- end -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        return from < 0
            ? throw new InvalidOperationException($"{Document} has no line '{begin.Trim()}'.")
            : $"{text[..(from + begin.Length)]}{content}{text[text.IndexOf(end, from, StringComparison.Ordinal)..]}";
    }

    /// <summary>Draws a bar for each ratio. Polly's own time is the line at 1; a tick is the mark.</summary>
    private static string Bars(IEnumerable<Result> results)
    {
        const int Left = 300;
        const int One = 300;
        const int Line = 22;
        Result[] rows = [.. results.Where(result => result.Median.Ratio < 2.2)];
        var height = (rows.Length * Line) + 40;
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {{height}}" role="img" aria-label="Time of a call as a ratio to Polly's own breaker">
            <style>text { font: 12px sans-serif; fill: #333 } .bar { fill: #2a78c8 } .one { stroke: #888 } .mark { stroke: #c33; stroke-width: 2 }
            @media (prefers-color-scheme: dark) { text { fill: #ddd } .bar { fill: #5aa2ec } .mark { stroke: #f77 } }</style>
            <line class="one" x1="{{Left + One}}" y1="20" x2="{{Left + One}}" y2="{{height - 16}}"/><text x="{{Left
                + One
                - 30}}" y="14">Polly = 1</text>

            """
        );
        for (var i = 0; i < rows.Length; i++)
        {
            var (y, ratio) = (24 + (i * Line), rows[i].Median.Ratio);
            text.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Left - 8}\" y=\"{y + 12}\" text-anchor=\"end\">{rows[i].Row.Name.Split(" (")[0]}</text><rect class=\"bar\" x=\"{Left}\" y=\"{y}\" width=\"{ratio * One:0}\" height=\"15\"/><text x=\"{Left + (ratio * One) + 6:0}\" y=\"{y + 12}\">{ratio:0.00}</text>\n"
            );
            if (rows[i].Row.MostRatio is { } mark)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"<line class=\"mark\" x1=\"{Left + (mark * One):0}\" y1=\"{y - 2}\" x2=\"{Left + (mark * One):0}\" y2=\"{y + 17}\"/>\n"
                );
            }
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Left}\" y=\"{height - 4}\">time as a ratio to Polly's; red: the mark</text>\n</svg>\n"
        );
        return text.ToString();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(Environment.CurrentDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Document)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"--write must run inside the repository, where {Document} is.");
    }
}
