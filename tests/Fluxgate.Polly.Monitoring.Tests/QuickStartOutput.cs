using System.Globalization;
using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>Checks a complete run of the sample with its output piped into a file.</summary>
public sealed partial class QuickStartOutput(QuickStartRun show) : IClassFixture<QuickStartRun>
{
    [Fact]
    public void The_run_ends_with_exit_code_0_and_no_errors() => Assert.Equal((0, ""), (show.ExitCode, show.Errors));

    [Fact]
    public void The_first_lines_are_the_metrics_address_and_the_rule()
    {
        Assert.Matches(@"^metrics: http://localhost:\d+/metrics$", show.Lines[0]);
        Assert.Matches(@"^rule:    FailureStreak\(8\) \| ", show.Lines[1]);
    }

    [Fact]
    public void The_output_has_one_plain_line_per_second_and_transition()
    {
        var lines = show.Lines.Skip(2).TakeWhile(line => line.Length > 0).ToArray();

        Assert.DoesNotContain(show.OutputText, character => char.IsControl(character) && character != '\n');
        Assert.All(lines, line => Assert.True(SecondOf().IsMatch(line) || TransitionOf().IsMatch(line), line));
        Assert.True(Seconds.Length > 5, show.OutputText);
    }

    [Fact]
    public void Each_transition_has_a_reason_and_starts_in_the_previous_state()
    {
        var transitions = Transitions;

        Assert.Equal(transitions.Select(line => line.To).Prepend("closed").SkipLast(1), transitions.Select(line => line.From));
        Assert.Equal("closed", transitions[^1].To);
        Assert.All(transitions, line => Assert.NotEmpty(line.Reason));
        Assert.All(transitions, line => Assert.Equal(line.To == "open", line.Break.Length > 0));
    }

    [Fact]
    public void The_run_includes_the_automatic_transitions_of_an_outage() =>
        Assert.Superset(
            new HashSet<string> { "closed open", "open half_open", "half_open closed" },
            Transitions.Select(line => $"{line.From} {line.To}").ToHashSet()
        );

    [Fact]
    public void The_summary_counts_at_least_the_calls_of_the_printed_seconds()
    {
        // The last second is usually not printed: it ends with the run.
        Assert.InRange(Summed("calls"), Printed("ok") + Printed("failed") + Printed("rejected"), long.MaxValue);
        Assert.InRange(Summed("failures"), Math.Max(1, Printed("failed")), Summed("calls"));
        Assert.InRange(Summed("calls saved"), Math.Max(1, Printed("rejected")), Summed("calls"));
    }

    [Fact]
    public void The_summary_counts_the_printed_transitions()
    {
        Assert.Equal(Transitions.Count(line => line.From == "closed" && line.To == "open"), Summed("opened"));
        Assert.Equal(Transitions.Count(line => line.From == "half_open" && line.To == "open"), Summed("re-opened"));
    }

    [Fact]
    public void The_summary_has_the_times_to_open_and_recover_of_both_outages()
    {
        const string Times = @" +time to open \d+\.\d s   time to recover \d+\.\d s$";
        var outages = show.Lines.Where(line => line.Contains("time to open", StringComparison.Ordinal)).ToArray();

        Assert.Equal(2, outages.Length);
        Assert.Matches($"^  slow{Times}", outages[0]);
        Assert.Matches($"^  failing, then hanging{Times}", outages[1]);
    }

    private Match[] Seconds => [.. show.Lines.Select(line => SecondOf().Match(line)).Where(match => match.Success)];

    private (string From, string To, string Reason, string Break)[] Transitions =>
        [
            .. show
                .Lines.Select(line => TransitionOf().Match(line))
                .Where(match => match.Success)
                .Select(match => match.Groups)
                .Select(part => (part["from"].Value, part["to"].Value, part["reason"].Value, part["break"].Value)),
        ];

    private long Printed(string what) => Seconds.Sum(second => long.Parse(second.Groups[what].Value, CultureInfo.InvariantCulture));

    private long Summed(string what)
    {
        var line = show.Lines.Single(line => line.StartsWith($"  {what}  ", StringComparison.Ordinal));
        return long.Parse(NumberOf().Match(line).Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"^ *\d+\.\d s  (closed|open|half_open) *  ok +(?<ok>\d+)  failed +(?<failed>\d+)  rejected +(?<rejected>\d+)  failure rate +(\d+%|-)  slow rate +(\d+%|-)  dependency (healthy|slow|failing|hanging)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex SecondOf();

    [GeneratedRegex(
        @"^ *\d+\.\d s  (?<from>\w+) -> (?<to>\w+): (?<reason>.+?)(?<break>, for \d+\.\d s)?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TransitionOf();

    [GeneratedRegex(@"\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NumberOf();
}
