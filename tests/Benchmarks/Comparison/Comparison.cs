using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Fluxgate;

/// <summary>Measures every row in processes of their own, prints the tables, and writes them into docs/performance.md.</summary>
/// <remarks>A process of its own keeps the compiler from optimizing one row by what it saw in another.</remarks>
internal static class Comparison
{
    public const string Usage = "Usage: --compare [--short] [--processes N] [--write] [--only TEXT]";

    /// <summary>Measures one row in this process and prints it as JSON. Called by <see cref="Run"/>.</summary>
    public static void MeasureRow(string index, string effort)
    {
        var row = Rows.All[int.Parse(index, CultureInfo.InvariantCulture)];
        var sample = row.Measure(Effort.Of(effort));
        Console.WriteLine(JsonSerializer.Serialize(sample));
    }

    /// <returns>The exit code: 2 for unknown arguments.</returns>
    public static int Run(string[] args)
    {
        var (isShort, writes) = (args.Contains("--short"), args.Contains("--write"));
        var (only, number) = (ValueOf("--only"), ValueOf("--processes"));
        var effort = isShort ? Effort.Short : Effort.Full;
        var processes =
            number.Length == 0 ? effort.Processes
            : int.TryParse(number, CultureInfo.InvariantCulture, out var given) ? given
            : 0;
        if (processes < 1 || args.Length != (isShort ? 1 : 0) + (writes ? 1 : 0) + (only.Length > 0 ? 2 : 0) + (number.Length > 0 ? 2 : 0))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        effort = effort with { Processes = processes };
        int[] chosen = [.. Enumerable.Range(0, Rows.All.Count).Where(row => IsChosen(Rows.All[row]))];
        var samples = chosen.ToDictionary(row => row, _ => new List<Sample>());
        var start = Stopwatch.GetTimestamp();

        // Each row once, and then again: what slows the machine for a minute meets all rows.
        for (var process = 0; process < effort.Processes; process++)
        {
            foreach (var row in chosen)
            {
                samples[row].Add(InAProcess(row, effort));
                Progress(process * chosen.Length + Array.IndexOf(chosen, row) + 1, effort.Processes * chosen.Length, start);
            }
        }

        var results = chosen.Select(row => new Result(Rows.All[row], samples[row])).ToArray();
        Report.Print(results);
        if (writes)
        {
            Report.Write(results, effort);
        }

        return 0;

        string ValueOf(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : "";

        bool IsChosen(Row row) => row.Table == only || row.Name.Contains(only, StringComparison.OrdinalIgnoreCase);
    }

    private static Sample InAProcess(int row, Effort effort)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        string[] arguments = ["--row", row.ToString(CultureInfo.InvariantCulture), effort.Name];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Sample>(output)!
            : throw new InvalidOperationException($"Measuring '{Rows.All[row].Name}' ended with exit code {process.ExitCode}.");
    }

    private static void Progress(int done, int all, long start)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        var left = Stopwatch.GetElapsedTime(start) * ((double)(all - done) / done);
        Console.Error.Write($"\r{done} of {all} measurements, about {left:m\\:ss} left {(done == all ? "\n" : "")}");
    }
}

/// <summary>A row with the samples of its processes.</summary>
internal sealed record Result(Row Row, IReadOnlyList<Sample> Samples)
{
    /// <summary>Gets the medians over the processes.</summary>
    public Sample Median { get; } =
        new(
            Timed.Median(Samples.Select(sample => sample.Theirs)),
            Timed.Median(Samples.Select(sample => sample.Ours)),
            Timed.Median(Samples.Select(sample => sample.Ratio)),
            Timed.Median(Samples.Select(sample => sample.TheirBytes)),
            Timed.Median(Samples.Select(sample => sample.OurBytes))
        );

    public double Lowest { get; } = Samples.Min(sample => sample.Ratio);

    public double Highest { get; } = Samples.Max(sample => sample.Ratio);
}
