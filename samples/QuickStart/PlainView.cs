using Fluxgate;

namespace QuickStart;

/// <summary>Writes a line each second and a line for each transition, for pipes and logs.</summary>
internal sealed class PlainView(Demo demo, TextWriter output) : IView
{
    private const int ChecksPerSecond = 10;

    private BreakerSnapshot _before = demo.Breaker.Snapshot();
    private int _written;

    public async Task ShowAsync(CancellationToken over)
    {
        output.WriteLine($"metrics: {demo.MetricsUrl}");
        output.WriteLine($"rule:    {_before.Rule}");
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ChecksPerSecond));
        try
        {
            for (var check = 1; await timer.WaitForNextTickAsync(over); check++)
            {
                WriteTransitions();
                if (check % ChecksPerSecond == 0)
                {
                    WriteSecond();
                }
            }
        }
        catch (OperationCanceledException)
        {
            WriteTransitions();
        }
    }

    /// <summary>Writes the transitions that are not written yet.</summary>
    public void WriteTransitions()
    {
        foreach (var (at, signal) in demo.TransitionLog.Since(_written))
        {
            _written++;
            output.WriteLine(
                $"{Display.Seconds(at), 7}  {signal.OldState.ToLabel()} -> {signal.NewState.ToLabel()}: {signal.Reason}{For(signal)}"
            );
        }
    }

    public void Dispose() => output.Flush();

    private void WriteSecond()
    {
        var now = demo.Breaker.Snapshot();
        var line =
            $"{Display.Seconds(demo.Clock.Elapsed), 7}  {now.State.ToLabel(), -9}"
            + $"  ok {now.Successes - _before.Successes, 3}  failed {now.Failures - _before.Failures, 3}  rejected {now.Rejected - _before.Rejected, 3}"
            + $"  failure rate {Display.Percent(now.FailureRate), 4}  slow rate {Display.Percent(now.SlowCalls[0].Rate), 4}"
            + $"  dependency {Display.Of(demo.Schedule.BehaviorAt(demo.Clock.Elapsed))}";
        output.WriteLine(line);
        _before = now;
    }

    private static string For(Signal signal) => signal.BreakFor is { } breakFor ? $", for {Display.Seconds(breakFor)}" : "";
}
