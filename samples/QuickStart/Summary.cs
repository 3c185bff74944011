using Fluxgate;

namespace QuickStart;

/// <summary>What it all came to.</summary>
internal static class Summary
{
    /// <summary>Writes the summary and tells the exit code.</summary>
    public static int Write(TextWriter output, Stage stage, bool endedByHand)
    {
        var (now, end, entries) = (stage.Breaker.Snapshot(), stage.Clock.Elapsed, stage.Journal.Since(0));
        output.WriteLine();
        output.WriteLine($"Summary after {Words.Seconds(end)}");
        output.WriteLine($"  calls        {now.Requests + now.Rejected, 5}  asked of the circuit, retries included");
        output.WriteLine($"  failures     {now.Failures, 5}  5xx, refused connections and time-outs");
        output.WriteLine($"  calls saved  {now.Rejected, 5}  rejected at once; the dependency was left alone");
        output.WriteLine($"  opened       {Count(entries, BreakerState.Closed, BreakerState.Open), 5}");
        output.WriteLine($"  re-opened    {Count(entries, BreakerState.HalfOpen, BreakerState.Open), 5}  by probes that failed");
        foreach (var outage in stage.Schedule.OutagesBy(end))
        {
            var moods = string.Join(", then ", outage.Moods.Select(Words.Of));
            output.WriteLine(
                $"  {moods, -21}  time to open {TimeToOpen(outage, entries)}   time to recover {TimeToRecover(outage, entries)}"
            );
        }

        if (endedByHand)
        {
            return 0;
        }

        var opened = entries.Any(entry => entry.Signal.NewState == BreakerState.Open);
        if (opened && now.State == BreakerState.Closed)
        {
            return 0;
        }

        output.WriteLine(
            opened ? $"The circuit did not close again: it is {now.State.ToLabel()} ({now.Reason})." : "The circuit did not open."
        );
        return 1;
    }

    private static int Count(IEnumerable<Entry> entries, BreakerState from, BreakerState to) =>
        entries.Count(entry => entry.Signal.OldState == from && entry.Signal.NewState == to);

    private static string TimeToOpen(Outage outage, IEnumerable<Entry> entries) =>
        entries.FirstOrDefault(entry => entry.At >= outage.From && entry.Signal.NewState == BreakerState.Open) is { } opened
            ? Words.Seconds(opened.At - outage.From)
            : "-";

    private static string TimeToRecover(Outage outage, IEnumerable<Entry> entries) =>
        entries.FirstOrDefault(entry => entry.At >= outage.Until && entry.Signal.NewState == BreakerState.Closed) is { } closed
            ? Words.Seconds(closed.At - outage.Until)
            : "-";
}
