namespace Fluxgate;

/// <summary>The texts of parts: in the language of rules, in every culture.</summary>
public sealed class PartTexts
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Languages => ForeignCulture.Languages;

    [Theory]
    [MemberData(nameof(Languages))]
    public void Windows_format_as_text(string language) =>
        AssertTexts(
            language,
            ("Count(100)", Window.Count(100)),
            ("Count(100000)", Window.Count(100_000)),
            ("Time(1m)", Window.Time(60 * Second)),
            ("Time(90s, 7)", Window.Time(90 * Second, 7)),
            ("Time(1d, 1000)", Window.Time(TimeSpan.FromDays(1), 1000))
        );

    [Theory]
    [MemberData(nameof(Languages))]
    public void Trippers_format_as_text(string language) =>
        AssertTexts(
            language,
            ("MinRequests(1000)", Tripper.MinRequests(1000)),
            ("FailureRate(50%)", Tripper.FailureRate(0.5)),
            ("FailureRate(0.1%)", Tripper.FailureRate(0.001)),
            ("FailureRate(0.3333333333333333)", Tripper.FailureRate(1.0 / 3)),
            ("FailureRate(1E-300)", Tripper.FailureRate(1e-300)),
            ("SlowRate(30%, 1s)", Tripper.SlowRate(0.3, Second)),
            ("SlowRate(100%, 1500ms)", Tripper.SlowRate(1, 1.5 * Second)),
            ("AvgLatency(2h)", Tripper.AvgLatency(TimeSpan.FromHours(2))),
            ("AvgLatency(0.0001ms)", Tripper.AvgLatency(TimeSpan.FromTicks(1))),
            ("FailureStreak(5)", Tripper.FailureStreak(5)),
            ("Closed", Tripper.Closed),
            ("HalfOpened", Tripper.HalfOpened)
        );

    [Fact]
    public void Rules_format_brackets_only_where_needed()
    {
        var (a, b, c) = (Tripper.MinRequests(1), Tripper.FailureRate(0.5), Tripper.FailureStreak(5));

        Assert.Equal("MinRequests(1) & FailureRate(50%) | FailureStreak(5)", ((a & b) | c).ToString());
        Assert.Equal("MinRequests(1) & (FailureRate(50%) | FailureStreak(5))", (a & (b | c)).ToString());
        Assert.Equal("(MinRequests(1) | FailureRate(50%)) & FailureStreak(5)", ((a | b) & c).ToString());
        Assert.Equal("MinRequests(1) & FailureRate(50%) & FailureStreak(5)", (a & b & c).ToString());
        Assert.Equal("MinRequests(1) | FailureRate(50%) | FailureStreak(5)", (a | (b | c)).ToString());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Break_durations_format_as_text(string language) =>
        AssertTexts(
            language,
            ("Fixed(1m)", BreakDuration.Fixed(60 * Second)),
            ("Fixed(2500ms, jitter 12.5%)", BreakDuration.Fixed(2.5 * Second, jitter: 0.125)),
            ("Backoff(10s, x2, max 10m)", BreakDuration.Backoff(10 * Second)),
            ("Backoff(10s, x1.5, max 5m, jitter 10%)", BreakDuration.Backoff(10 * Second, 1.5, 300 * Second, 0.1)),
            ("Backoff(20m, x2, max 20m)", BreakDuration.Backoff(1200 * Second)),
            ("None", BreakDuration.None),
            ("UntilReset", BreakDuration.UntilReset)
        );

    [Theory]
    [MemberData(nameof(Languages))]
    public void Permits_and_recoveries_format_as_text(string language) =>
        AssertTexts(
            language,
            ("All", Permit.All),
            ("Random(12.5%)", Permit.Random(0.125)),
            ("RampUp(0.5% -> 100%, 1500ms)", Permit.RampUp(0.005, 1, 1.5 * Second)),
            ("MaxConcurrent(1000)", Permit.MaxConcurrent(1000)),
            ("Random(50%) & MaxConcurrent(2) & All", Permit.Random(0.5) & Permit.MaxConcurrent(2) & Permit.All),
            ("AfterProbes(1000)", Recovery.AfterProbes(1000)),
            ("After(90s)", Recovery.After(90 * Second)),
            ("WhenQuiet", Recovery.WhenQuiet),
            ("AfterProbes(5) & After(1m) & WhenQuiet", Recovery.AfterProbes(5) & Recovery.After(60 * Second) & Recovery.WhenQuiet)
        );

    [Theory]
    [MemberData(nameof(Languages))]
    public void Call_counts_format_as_text(string language) => AssertTexts(language, ("1500 of 2000 failed", Calls.Many(2000, 1500)));

    private static void AssertTexts(string language, params (string Text, object Part)[] parts)
    {
        using var culture = new ForeignCulture(language);
        Assert.Equal(parts.Select(part => part.Text), parts.Select(part => part.Part.ToString()));
    }
}
