using System.Text.RegularExpressions;
using QuickStart;

namespace Fluxgate;

/// <summary>Checks the frames that the sample draws on a terminal, the text that it leaves there, and its summary.</summary>
public sealed partial class QuickStartViews : IDisposable
{
    private readonly QuickStartStage _world = new();
    private readonly StringWriter _terminal = new();
    private (int Width, int Height) _size = (120, 30);

    [Fact]
    public void A_frame_shows_the_dependency_the_circuit_the_reason_and_the_rule()
    {
        using var view = View();

        var lines = Frame(view);

        Assert.StartsWith($"Fluxgate quick start   {QuickStartStage.Url}   ", lines[0], StringComparison.Ordinal);
        Assert.Contains("dependency  [slow] > healthy", lines);
        Assert.Contains("circuit     [CLOSED]  0 calls in flight", lines);
        Assert.Contains("because     initial state", lines);
        Assert.Contains($"opens on    {_world.Breaker.Snapshot().Rule}", lines);
    }

    [Fact]
    public void The_README_shows_the_rows_of_a_frame()
    {
        using var view = View();
        string[] rows = [.. Frame(view).Select(line => line.Split("  ")[0]).SkipLast(1)];

        var readme = Repository.Read("README.md").Split('\n');
        var first = Array.FindIndex(readme, line => line.StartsWith(rows[0], StringComparison.Ordinal));

        Assert.True(first > 0, "The README has no frame of the quick start.");
        Assert.Equal(rows, readme.Skip(first).Take(rows.Length).Select(line => line.Split("  ")[0]));
    }

    [Fact]
    public void A_frame_follows_the_circuit_and_counts_its_calls()
    {
        using var view = View();

        _world.Call(Verdict.Success, 5);
        _world.Call(Verdict.Failure, 2);
        var before = Frame(view);
        _world.Call(Verdict.Failure, 3);
        var after = Frame(view);

        Assert.Contains(
            before,
            line => line.StartsWith("failure rate  ███████░", StringComparison.Ordinal) && line.Contains(" 29%   of 7 calls")
        );
        Assert.Contains(after, line => line.StartsWith("circuit     [OPEN]  probes in 3", StringComparison.Ordinal));
        Assert.Contains("because     FailureStreak 3 >= 3", after);
        Assert.Contains(after, line => line.StartsWith("ok            5  ", StringComparison.Ordinal));
        Assert.Contains(after, line => line.StartsWith("failed        3  ", StringComparison.Ordinal));
        Assert.Contains(after, line => line.StartsWith("rejected      2  ", StringComparison.Ordinal));
        Assert.Contains(after, line => line.Trim().EndsWith("closed -> open       FailureStreak 3 >= 3", StringComparison.Ordinal));
    }

    [Fact]
    public void The_recent_intervals_are_aligned_in_the_charts()
    {
        using var view = View();

        _world.Call(Verdict.Success, 8);
        Frames(view, 4);
        _world.Call(Verdict.Failure, 3 + 4);
        Frames(view, 3);
        var lines = Frame(view);

        Assert.Contains("ok            8  █ ", lines);
        Assert.Contains("failed        3   ▃", lines);
        Assert.Contains("rejected      4   ▄", lines);
        Assert.Contains("circuit          ─█", lines);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 5)]
    [InlineData(80, 24)]
    public void A_frame_is_never_larger_than_its_terminal(int width, int height)
    {
        using var view = View();
        _world.Call(Verdict.Failure, 3);
        Frames(view, 400);
        _size = (width, height);

        var lines = Frame(view);

        Assert.InRange(lines.Length, 1, height);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void Colors_are_written_only_if_they_are_enabled()
    {
        using (var colored = View(colors: true))
        {
            colored.ShowFrame();
        }

        Assert.Contains("\e[32m", _terminal.ToString(), StringComparison.Ordinal);
        _terminal.GetStringBuilder().Clear();
        using (var plain = View())
        {
            plain.ShowFrame();
        }

        Assert.DoesNotMatch(@"\e\[[0-9;]*m", _terminal.ToString());
    }

    [Fact]
    public void The_screen_is_restored_and_the_transitions_are_printed_below_it()
    {
        using (var view = View())
        {
            _world.Call(Verdict.Failure, 3);
            view.ShowFrame();
        }

        var (drawn, left) = (_terminal.ToString().Split(AnsiStyle.LeaveScreen)[0], _terminal.ToString().Split(AnsiStyle.LeaveScreen)[1]);
        Assert.StartsWith(AnsiStyle.EnterScreen, drawn, StringComparison.Ordinal);
        Assert.Matches(@"^ *\d+\.\d s  closed -> open: FailureStreak 3 >= 3, for 3600\.0 s\s*$", left);
    }

    [Fact]
    public void A_transition_is_printed_once()
    {
        using var view = new PlainView(_world.Demo, _terminal);

        _world.Breaker.Trip();
        view.WriteTransitions();
        _world.Breaker.Reset();
        view.WriteTransitions();

        Assert.Equal(["closed -> open: ", "open -> closed: "], TransitionOf().Matches(_terminal.ToString()).Select(match => match.Value));
    }

    [Fact]
    public void A_manual_end_has_a_summary_and_exit_code_0()
    {
        Assert.Equal(0, Summary.Write(_terminal, _world.Demo, endedByHand: true));
        Assert.Contains("  slow                   time to open -   time to recover -", _terminal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_circuit_that_never_opened_is_an_error()
    {
        Assert.Equal(1, Summary.Write(_terminal, _world.Demo, endedByHand: false));
        Assert.EndsWith("The circuit did not open.\n", _terminal.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_circuit_that_is_still_open_at_the_end_is_an_error()
    {
        _world.Call(Verdict.Failure, 3);

        Assert.Equal(1, Summary.Write(_terminal, _world.Demo, endedByHand: false));
        Assert.EndsWith(
            "The circuit did not close again: it is open (FailureStreak 3 >= 3).\n",
            _terminal.ToString().ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
    }

    public void Dispose() => _world.Dispose();

    private LiveView View(bool colors = false) => new(_world.Demo, _terminal, () => _size, colors);

    private static void Frames(LiveView view, int count)
    {
        for (var i = 0; i < count; i++)
        {
            view.ShowFrame();
        }
    }

    /// <summary>Returns the lines of the next frame without escape sequences.</summary>
    private string[] Frame(LiveView view)
    {
        _terminal.GetStringBuilder().Clear();
        view.ShowFrame();
        return [.. _terminal.ToString().Split("\r\n").Select(line => EscapeOf().Replace(line, ""))];
    }

    [GeneratedRegex(@"\e\[[?0-9;]*[A-Za-z]", RegexOptions.None, 1000)]
    private static partial Regex EscapeOf();

    [GeneratedRegex(@"\w+ -> \w+: ", RegexOptions.None, 1000)]
    private static partial Regex TransitionOf();
}
