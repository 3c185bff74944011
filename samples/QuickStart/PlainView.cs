using Fluxgate;

namespace QuickStart;

/// <summary>For pipes and logs: a line a second, and one for every transition.</summary>
internal sealed class PlainView(Stage stage, TextWriter output) : IView
{
    private const int LooksPerSecond = 10;

    private BreakerSnapshot _before = stage.Breaker.Snapshot();
    private int _told;

    public async Task ShowAsync(CancellationToken over)
    {
        output.WriteLine($"metrics: {stage.MetricsUrl}");
        output.WriteLine($"rule:    {_before.Rule}");
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / LooksPerSecond));
        try
        {
            for (var look = 1; await timer.WaitForNextTickAsync(over); look++)
            {
                TellTransitions();
                if (look % LooksPerSecond == 0)
                {
                    TellSecond();
                }
            }
        }
        catch (OperationCanceledException)
        {
            TellTransitions();
        }
    }

    /// <summary>Tells the transitions that have not been told.</summary>
    public void TellTransitions()
    {
        foreach (var (at, signal) in stage.Journal.Since(_told))
        {
            _told++;
            output.WriteLine(
                $"{Words.Seconds(at), 7}  {signal.OldState.ToLabel()} -> {signal.NewState.ToLabel()}: {signal.Reason}{For(signal)}"
            );
        }
    }

    public void Dispose() => output.Flush();

    private void TellSecond()
    {
        var now = stage.Breaker.Snapshot();
        var line =
            $"{Words.Seconds(stage.Clock.Elapsed), 7}  {now.State.ToLabel(), -9}"
            + $"  ok {now.Successes - _before.Successes, 3}  failed {now.Failures - _before.Failures, 3}  rejected {now.Rejected - _before.Rejected, 3}"
            + $"  failure rate {Words.Percent(now.FailureRate), 4}  slow rate {Words.Percent(now.SlowCalls[0].Rate), 4}"
            + $"  dependency {Words.Of(stage.Schedule.MoodAt(stage.Clock.Elapsed))}";
        output.WriteLine(line);
        _before = now;
    }

    private static string For(Signal signal) => signal.BreakFor is { } breakFor ? $", for {Words.Seconds(breakFor)}" : "";
}
