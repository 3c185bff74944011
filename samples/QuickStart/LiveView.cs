using System.Text;
using Fluxgate;

namespace QuickStart;

/// <summary>Shows a live view on a terminal. It uses the alternate screen, so that the shell's screen is preserved.</summary>
internal sealed class LiveView : IView
{
    private const int FramesPerSecond = 10;
    private const int FramesPerInterval = 4;

    private readonly Demo _demo;
    private readonly TextWriter _terminal;
    private readonly Func<(int Width, int Height)> _size;
    private readonly History _history;
    private readonly AnsiStyle _style;
    private int _frames;

    /// <summary>Creates a view for a terminal, whose size may change.</summary>
    public LiveView(Demo demo, TextWriter terminal, Func<(int Width, int Height)> size, bool colors)
    {
        (_demo, _terminal, _size, _style) = (demo, terminal, size, new(colors));
        _history = new(demo.Breaker.Snapshot());
        _terminal.Write(AnsiStyle.EnterScreen);
    }

    /// <summary>Gets whether the standard output is a terminal that supports the view.</summary>
    public static bool IsPossible => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    public static LiveView OnTheConsole(Demo demo)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var colors = Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        return new(demo, Console.Out, () => (Console.WindowWidth, Console.WindowHeight), colors);
    }

    public async Task ShowAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / FramesPerSecond));
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                ShowFrame();
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    public void ShowFrame()
    {
        var now = _demo.Breaker.Snapshot();
        if (++_frames % FramesPerInterval == 0)
        {
            _history.Add(now);
        }

        var (width, height) = _size();
        var frame = new Frame(width, height);
        Draw(frame, now);
        _terminal.Write(frame);
    }

    /// <summary>Restores the terminal and writes the transitions.</summary>
    public void Dispose()
    {
        _terminal.Write(AnsiStyle.LeaveScreen);
        var plain = new PlainView(_demo, _terminal);
        plain.WriteTransitions();
        plain.Dispose();
    }

    private void Draw(Frame frame, BreakerSnapshot now)
    {
        var elapsed = _demo.Clock.Elapsed;
        frame.Line(
            _style.Bold("Fluxgate quick start"),
            "   ",
            _style.Faint($"{_demo.MetricsUrl}   {Display.Seconds(elapsed)}   Ctrl+C ends")
        );
        frame.Line();
        frame.Line(["dependency  ", .. Behaviors(_demo.Schedule.IndexAt(elapsed))]);
        frame.Line("circuit     ", _style.Badge(now.State), "  ", RetryAfter(now));
        frame.Line("because     ", now.Reason.Text);
        frame.Line("opens on    ", _style.Faint(now.Rule));
        frame.Line();
        frame.Line(
            "failure rate  ",
            Bar(now.FailureRate),
            $" {Display.Percent(now.FailureRate), 4}   of {now.WindowRequests} calls in the window"
        );
        frame.Line("slow rate     ", Bar(now.SlowCalls[0].Rate), $" {Display.Percent(now.SlowCalls[0].Rate), 4}");
        frame.Line();
        DrawHistory(frame, now);
        frame.Line();
        DrawTransitions(frame);
    }

    private void DrawHistory(Frame frame, BreakerSnapshot now)
    {
        const int Margin = 20;
        var intervals = _history.Last(Math.Max(1, frame.Width - Margin));
        var most = intervals
            .Select(interval => Math.Max(interval.Successes, Math.Max(interval.Failures, interval.Rejections)))
            .Append(1)
            .Max();
        frame.Line($"ok       {now.Successes, 6}  ", _style.Good(Spark(intervals.Select(interval => interval.Successes), most)));
        frame.Line($"failed   {now.Failures, 6}  ", _style.Bad(Spark(intervals.Select(interval => interval.Failures), most)));
        frame.Line($"rejected {now.Rejected, 6}  ", _style.Warning(Spark(intervals.Select(interval => interval.Rejections), most)));
        frame.Line(["circuit          ", .. intervals.Select(interval => _style.Mark(interval.State))]);
    }

    private void DrawTransitions(Frame frame)
    {
        var entries = _demo.TransitionLog.Since(0);
        foreach (var (at, signal) in entries.Skip(Math.Max(0, entries.Count - frame.LinesLeft)))
        {
            frame.Line(
                _style.Faint($"{Display.Seconds(at), 7}  "),
                _style.Of(signal.NewState, $"{signal.OldState.ToLabel(), 9} -> {signal.NewState.ToLabel(), -9}"),
                $"  {signal.Reason}"
            );
        }
    }

    private Text[] Behaviors(int current) =>
        [
            .. _demo.Schedule.Phases.SelectMany(
                (phase, i) => new Text[] { i == 0 ? "" : _style.Faint(" > "), Behavior(phase.Behavior, i == current) }
            ),
        ];

    private Text Behavior(Behavior behavior, bool isNow) =>
        !isNow ? _style.Faint(Display.Of(behavior))
        : behavior == QuickStart.Behavior.Healthy ? _style.Good($"[{Display.Of(behavior)}]")
        : _style.Bad($"[{Display.Of(behavior)}]");

    private static string RetryAfter(BreakerSnapshot now) =>
        now.State switch
        {
            BreakerState.Open => now.RetryAfter is { } left ? $"probes in {Display.Seconds(left)}" : "the next call probes",
            BreakerState.HalfOpen => $"{now.HalfOpenInFlight} probes in flight",
            _ => $"{now.InFlight} calls in flight",
        };

    private Text Bar(double? ratio)
    {
        const int Width = 24;
        var full = (int)Math.Round((ratio ?? 0) * Width);
        var text = new string('█', full) + new string('░', Width - full);
        return ratio >= 0.5 ? _style.Bad(text) : _style.Good(text);
    }

    /// <summary>Returns a row of bars, whose heights are relative to the maximum.</summary>
    private static string Spark(IEnumerable<long> values, long most)
    {
        const string Heights = "▁▂▃▄▅▆▇█";
        return string.Concat(values.Select(value => value == 0 ? ' ' : Heights[(int)(value * (Heights.Length - 1) / most)]));
    }
}
