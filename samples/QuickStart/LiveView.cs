using System.Text;
using Fluxgate;

namespace QuickStart;

/// <summary>For terminals: one picture, drawn again in place on the alternate screen, which leaves the shell's own as it was.</summary>
internal sealed class LiveView : IView
{
    private const int FramesPerSecond = 10;
    private const int FramesPerStretch = 4;

    private readonly Stage _stage;
    private readonly TextWriter _terminal;
    private readonly Func<(int Width, int Height)> _size;
    private readonly History _history;
    private readonly Ink _ink;
    private int _frames;

    /// <summary>Draws on a terminal, whose size may change from frame to frame.</summary>
    public LiveView(Stage stage, TextWriter terminal, Func<(int Width, int Height)> size, bool colours)
    {
        (_stage, _terminal, _size, _ink) = (stage, terminal, size, new(colours));
        _history = new(stage.Breaker.Snapshot());
        _terminal.Write(Ink.EnterScreen);
    }

    /// <summary>Whether stdout is a terminal that can be drawn on.</summary>
    public static bool IsPossible => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    public static LiveView OnTheConsole(Stage stage)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var colours = Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        return new(stage, Console.Out, () => (Console.WindowWidth, Console.WindowHeight), colours);
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
            // The show is over.
        }
    }

    public void ShowFrame()
    {
        var now = _stage.Breaker.Snapshot();
        if (++_frames % FramesPerStretch == 0)
        {
            _history.Add(now);
        }

        var (width, height) = _size();
        var picture = new Picture(width, height);
        Draw(picture, now);
        _terminal.Write(picture);
    }

    /// <summary>Gives the terminal back, and leaves the transitions behind to be read.</summary>
    public void Dispose()
    {
        _terminal.Write(Ink.LeaveScreen);
        var plain = new PlainView(_stage, _terminal);
        plain.TellTransitions();
        plain.Dispose();
    }

    private void Draw(Picture picture, BreakerSnapshot now)
    {
        var elapsed = _stage.Clock.Elapsed;
        picture.Line(_ink.Bold("Fluxgate quick start"), "   ", _ink.Faint($"{_stage.MetricsUrl}   {Words.Seconds(elapsed)}   Ctrl+C ends"));
        picture.Line();
        picture.Line(["dependency  ", .. Moods(_stage.Schedule.IndexAt(elapsed))]);
        picture.Line("circuit     ", _ink.Badge(now.State), "  ", RetryAfter(now));
        picture.Line("because     ", now.Reason.Text);
        picture.Line("opens on    ", _ink.Faint(now.Rule));
        picture.Line();
        picture.Line(
            "failure rate  ",
            Bar(now.FailureRate),
            $" {Words.Percent(now.FailureRate), 4}   of {now.WindowRequests} calls in the window"
        );
        picture.Line("slow rate     ", Bar(now.SlowCalls[0].Rate), $" {Words.Percent(now.SlowCalls[0].Rate), 4}");
        picture.Line();
        DrawHistory(picture, now);
        picture.Line();
        DrawTransitions(picture);
    }

    private void DrawHistory(Picture picture, BreakerSnapshot now)
    {
        const int Margin = 20;
        var stretches = _history.Last(Math.Max(1, picture.Width - Margin));
        var most = stretches.Select(stretch => Math.Max(stretch.Successes, Math.Max(stretch.Failures, stretch.Rejections))).Append(1).Max();
        picture.Line($"ok       {now.Successes, 6}  ", _ink.Good(Spark(stretches.Select(stretch => stretch.Successes), most)));
        picture.Line($"failed   {now.Failures, 6}  ", _ink.Bad(Spark(stretches.Select(stretch => stretch.Failures), most)));
        picture.Line($"rejected {now.Rejected, 6}  ", _ink.Careful(Spark(stretches.Select(stretch => stretch.Rejections), most)));
        picture.Line(["circuit          ", .. stretches.Select(stretch => _ink.Mark(stretch.State))]);
    }

    private void DrawTransitions(Picture picture)
    {
        var entries = _stage.Journal.Since(0);
        foreach (var (at, signal) in entries.Skip(Math.Max(0, entries.Count - picture.LinesLeft)))
        {
            picture.Line(
                _ink.Faint($"{Words.Seconds(at), 7}  "),
                _ink.Of(signal.NewState, $"{signal.OldState.ToLabel(), 9} -> {signal.NewState.ToLabel(), -9}"),
                $"  {signal.Reason}"
            );
        }
    }

    private Text[] Moods(int current) =>
        [
            .. _stage.Schedule.Spells.SelectMany(
                (spell, i) => new Text[] { i == 0 ? "" : _ink.Faint(" > "), Mood(spell.Mood, i == current) }
            ),
        ];

    private Text Mood(Mood mood, bool isNow) =>
        !isNow ? _ink.Faint(Words.Of(mood))
        : mood == QuickStart.Mood.Healthy ? _ink.Good($"[{Words.Of(mood)}]")
        : _ink.Bad($"[{Words.Of(mood)}]");

    private static string RetryAfter(BreakerSnapshot now) =>
        now.State switch
        {
            BreakerState.Open => now.RetryAfter is { } left ? $"probes in {Words.Seconds(left)}" : "the next call probes",
            BreakerState.HalfOpen => $"{now.HalfOpenInFlight} probes in flight",
            _ => $"{now.InFlight} calls in flight",
        };

    private Text Bar(double? ratio)
    {
        const int Width = 24;
        var full = (int)Math.Round((ratio ?? 0) * Width);
        var text = new string('█', full) + new string('░', Width - full);
        return ratio >= 0.5 ? _ink.Bad(text) : _ink.Good(text);
    }

    /// <summary>A row of small bars, as high as their share of the most.</summary>
    private static string Spark(IEnumerable<long> values, long most)
    {
        const string Heights = "▁▂▃▄▅▆▇█";
        return string.Concat(values.Select(value => value == 0 ? ' ' : Heights[(int)(value * (Heights.Length - 1) / most)]));
    }
}
