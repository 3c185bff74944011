using Fluxgate;

namespace QuickStart;

/// <summary>The summary of a run.</summary>
internal static class Summary
{
    /// <summary>Writes the summary and returns the exit code.</summary>
    public static int Write(TextWriter output, Demo demo, bool endedByHand)
    {
        var (now, end, entries) = (demo.Breaker.Snapshot(), demo.Clock.Elapsed, demo.TransitionLog.Since(0));
        output.WriteLine();
        output.WriteLine($"Summary after {Display.Seconds(end)}");
        output.WriteLine($"  calls        {now.Requests + now.Rejected, 5}  including retries and rejections");
        output.WriteLine($"  failures     {now.Failures, 5}  5xx, connection errors and timeouts");
        output.WriteLine($"  calls saved  {now.Rejected, 5}  rejected, not sent to the dependency");
        output.WriteLine($"  opened       {Count(entries, BreakerState.Closed, BreakerState.Open), 5}");
        output.WriteLine($"  re-opened    {Count(entries, BreakerState.HalfOpen, BreakerState.Open), 5}  after failed probes");
        foreach (var outage in demo.Schedule.OutagesBy(end))
        {
            var behaviors = string.Join(", then ", outage.Behaviors.Select(Display.Of));
            output.WriteLine(
                $"  {behaviors, -21}  time to open {TimeToOpen(outage, entries)}   time to recover {TimeToRecover(outage, entries)}"
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
            ? Display.Seconds(opened.At - outage.From)
            : "-";

    private static string TimeToRecover(Outage outage, IEnumerable<Entry> entries) =>
        entries.FirstOrDefault(entry => entry.At >= outage.Until && entry.Signal.NewState == BreakerState.Closed) is { } closed
            ? Display.Seconds(closed.At - outage.Until)
            : "-";
}
