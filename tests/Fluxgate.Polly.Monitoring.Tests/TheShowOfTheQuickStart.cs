using System.Globalization;
using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>A whole run of the sample, as somebody reads it who piped it into a file.</summary>
public sealed partial class TheShowOfTheQuickStart(QuickStartShow show) : IClassFixture<QuickStartShow>
{
    [Fact]
    public void It_ends_well_and_has_nothing_to_complain_of() => Assert.Equal((0, ""), (show.ExitCode, show.Errors));

    [Fact]
    public void It_says_first_where_its_metrics_are_and_what_opens_the_circuit()
    {
        Assert.Matches(@"^metrics: http://localhost:\d+/metrics$", show.Lines[0]);
        Assert.Matches(@"^rule:    FailureStreak\(8\) \| ", show.Lines[1]);
    }

    [Fact]
    public void It_writes_plain_lines_one_for_each_second_and_each_transition()
    {
        var lines = show.Lines.Skip(2).TakeWhile(line => line.Length > 0).ToArray();

        Assert.DoesNotContain(show.Said, character => char.IsControl(character) && character != '\n');
        Assert.All(lines, line => Assert.True(SecondOf().IsMatch(line) || TransitionOf().IsMatch(line), line));
        Assert.True(Seconds.Length > 5, show.Said);
    }

    [Fact]
    public void Each_transition_has_its_reason_and_begins_where_the_last_one_ended()
    {
        var transitions = Transitions;

        Assert.Equal(transitions.Select(line => line.To).Prepend("closed").SkipLast(1), transitions.Select(line => line.From));
        Assert.Equal("closed", transitions[^1].To);
        Assert.All(transitions, line => Assert.NotEmpty(line.Reason));
        Assert.All(transitions, line => Assert.Equal(line.To == "open", line.Break.Length > 0));
    }

    [Fact]
    public void It_goes_through_each_transition_that_comes_by_itself_but_perhaps_the_failed_probe() =>
        Assert.Superset(
            new HashSet<string> { "closed open", "open half_open", "half_open closed" },
            Transitions.Select(line => $"{line.From} {line.To}").ToHashSet()
        );

    [Fact]
    public void Its_summary_counts_the_calls_that_the_seconds_told_of()
    {
        // The last second is not told, as a rule: it is over when the show is.
        Assert.InRange(Summed("calls"), Told("ok") + Told("failed") + Told("rejected"), long.MaxValue);
        Assert.InRange(Summed("failures"), Math.Max(1, Told("failed")), Summed("calls"));
        Assert.InRange(Summed("calls saved"), Math.Max(1, Told("rejected")), Summed("calls"));
    }

    [Fact]
    public void Its_summary_counts_the_transitions_that_were_told_of()
    {
        Assert.Equal(Transitions.Count(line => line.From == "closed" && line.To == "open"), Summed("opened"));
        Assert.Equal(Transitions.Count(line => line.From == "half_open" && line.To == "open"), Summed("re-opened"));
    }

    [Fact]
    public void Its_summary_says_of_both_outages_how_long_it_took_to_open_and_to_recover()
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

    private long Told(string what) => Seconds.Sum(second => long.Parse(second.Groups[what].Value, CultureInfo.InvariantCulture));

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
