using FsCheck.Fluent;

namespace Fluxgate;

public sealed class RuleRoundTrips
{
    [Fact]
    public void The_text_of_every_part_parses_to_the_same_text() =>
        Assert.All(
            Language.All,
            language => RandomParts.ForAll(language.Texts, text => Assert.Equal(text, language.Parse(text).ToString()))
        );

    [Fact]
    public void A_parsed_tripper_fires_like_the_original() =>
        RandomParts.ForAll(
            RandomParts.Trippers.Zip(RandomParts.Readings),
            pair =>
            {
                var (rule, read) = (pair.Item1, Tripper.Parse(pair.Item1.ToString()!));
                var thresholds = rule.Leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>().Distinct();
                var slow = new SlowThresholds(thresholds.Take(FluxgateDefaults.MaxSlowThresholds));
                Assert.All(pair.Item2, reading => Assert.Equal(Answer(rule, reading(slow)), Answer(read, reading(slow))));
                Assert.Equal(rule.Leaves.Select(leaf => leaf.ToString()), read.Leaves.Select(leaf => leaf.ToString()));
            }
        );

    [Fact]
    public void A_parsed_break_duration_draws_the_same_breaks() =>
        RandomParts.ForAll(
            RandomParts.BreakDurations,
            duration => Assert.Equal(Breaks(duration), Breaks(BreakDuration.Parse(duration.ToString()!)))
        );

    [Fact]
    public void A_parsed_permit_admits_the_same_calls() =>
        RandomParts.ForAll(
            RandomParts.Permits.Zip(Gen.Choose(0, 100).ArrayOf(10)),
            pair =>
            {
                var read = Permit.Parse(pair.Item1.ToString()!);
                Assert.All(pair.Item2, number => Assert.Equal(pair.Item1.Admits(Asked(number)), read.Admits(Asked(number))));
                Assert.Equal((pair.Item1.RecoveryDelay, pair.Item1.MostInFlight), (read.RecoveryDelay, read.MostInFlight));

                static PermitContext Asked(int number) => new(TimeSpan.FromSeconds(number), number, number, () => number / 101.0);
            }
        );

    [Fact]
    public void A_parsed_recovery_is_complete_at_the_same_time() =>
        RandomParts.ForAll(
            RandomParts.Recoveries.Zip(Gen.Choose(0, 100).ArrayOf(10)),
            pair =>
            {
                var read = Recovery.Parse(pair.Item1.ToString()!);
                Assert.All(pair.Item2, number => Assert.Equal(pair.Item1.IsComplete(Stands(number)), read.IsComplete(Stands(number))));
                Assert.Equal(pair.Item1.ProbeLimit, read.ProbeLimit);

                static RecoveryContext Stands(int number) => new(TimeSpan.FromSeconds(number), number, number, number);
            }
        );

    [Fact]
    public void A_parsed_window_equals_the_original() =>
        RandomParts.ForAll(RandomParts.Windows, window => Assert.True(window.IsEquivalentTo(Window.Parse(window.ToString()!))));

    [Fact]
    public void A_rule_of_a_thousand_leaves_parses_back()
    {
        var rule = Tripper.FailureStreak(1);
        for (var doubled = 0; doubled < 10; doubled++)
        {
            rule |= rule;
        }

        var read = Tripper.Parse(rule.ToString()!);
        Assert.Equal((1024, rule.ToString()), (read.Leaves.Count(), read.ToString()));
    }

    [Fact]
    public void The_default_settings_parse_back()
    {
        var settings = new FluxgateBreakerSettings();
        object[] read =
        [
            Window.Parse(settings.Window.ToString()!),
            Tripper.Parse(settings.Tripper.ToString()!),
            BreakDuration.Parse(settings.BreakDuration.ToString()!),
            Permit.Parse(settings.Permit.ToString()!),
            Recovery.Parse(settings.Recovery.ToString()!),
        ];
        Assert.Equal(
            "Count(100); MinRequests(100) & FailureRate(50%); Fixed(1m); RampUp(10% -> 100%, 1m); AfterProbes(10)",
            string.Join("; ", read)
        );
    }

    private static IEnumerable<TimeSpan> Breaks(BreakDuration duration) =>
        Enumerable.Range(0, 6).Select(reopens => duration.Next(new(reopens, () => 0.9)));

    // No breaker accepts a rule with more slow thresholds than the limit; its text must still parse back.
    private static string Answer(Tripper rule, in TripperContext reading)
    {
        try
        {
            return rule.Fires(reading).ToString();
        }
        catch (ArgumentException problem)
        {
            return problem.Message;
        }
    }
}
