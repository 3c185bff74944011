namespace Fluxgate;

public sealed class RuleFormats
{
    [Theory]
    [InlineData("FailureRate(50%)", "FailureRate(50%)")]
    [InlineData("FailureRate(0.5)", "FailureRate(50%)")]
    [InlineData("FailureRate(.5)", "FailureRate(50%)")]
    [InlineData("FailureRate(50 %)", "FailureRate(50%)")]
    [InlineData("FailureRate(50\u00a0%)", "FailureRate(50%)")]
    [InlineData("FailureRate(12.5%)", "FailureRate(12.5%)")]
    [InlineData("FailureRate(1)", "FailureRate(100%)")]
    [InlineData("FailureRate(0.0001%)", "FailureRate(0.0001%)")]
    [InlineData("FailureRate(1e-3)", "FailureRate(0.1%)")]
    [InlineData("AvgLatency(250ms)", "AvgLatency(250ms)")]
    [InlineData("AvgLatency(1s)", "AvgLatency(1s)")]
    [InlineData("AvgLatency(1 s)", "AvgLatency(1s)")]
    [InlineData("AvgLatency(2m)", "AvgLatency(2m)")]
    [InlineData("AvgLatency(90s)", "AvgLatency(90s)")]
    [InlineData("AvgLatency(60s)", "AvgLatency(1m)")]
    [InlineData("AvgLatency(1.5s)", "AvgLatency(1500ms)")]
    [InlineData("AvgLatency(1.5h)", "AvgLatency(90m)")]
    [InlineData("AvgLatency(1h)", "AvgLatency(1h)")]
    [InlineData("AvgLatency(36H)", "AvgLatency(36h)")]
    [InlineData("AvgLatency(1d)", "AvgLatency(1d)")]
    [InlineData("AvgLatency(0.0001MS)", "AvgLatency(0.0001ms)")]
    [InlineData("AvgLatency(10675199d)", "AvgLatency(10675199d)")]
    [InlineData("failurestreak(5)|HALFOPENED", "FailureStreak(5) | HalfOpened")]
    [InlineData("\tClosed\r\n  &\n\u00a0FailureStreak ( 5 ) ", "Closed & FailureStreak(5)")]
    [InlineData("FailureStreak(05)", "FailureStreak(5)")]
    public void Numbers_and_durations_parse_in_all_their_formats(string text, string rule) =>
        Assert.Equal(rule, Tripper.Parse(text).ToString());

    [Theory]
    [InlineData("MinRequests(1) & MinRequests(2) | MinRequests(3)", "MinRequests(1) & MinRequests(2) | MinRequests(3)", 2)]
    [InlineData("MinRequests(1) | MinRequests(2) & MinRequests(3)", "MinRequests(1) | MinRequests(2) & MinRequests(3)", 1)]
    [InlineData("(MinRequests(1) | MinRequests(2)) & MinRequests(3)", "(MinRequests(1) | MinRequests(2)) & MinRequests(3)", 3)]
    [InlineData("MinRequests(4) & (MinRequests(2) | MinRequests(3))", "MinRequests(4) & (MinRequests(2) | MinRequests(3))", 4)]
    [InlineData("((MinRequests(1)) & ((MinRequests(2))))", "MinRequests(1) & MinRequests(2)", 2)]
    [InlineData("MinRequests(5) | (MinRequests(6) | MinRequests(4))", "MinRequests(5) | MinRequests(6) | MinRequests(4)", 4)]
    public void And_binds_tighter_than_or_and_brackets_bind_tightest(string text, string written, int firesFrom)
    {
        var rule = Tripper.Parse(text);
        Assert.Equal(written, rule.ToString());
        Assert.Equal(firesFrom, Enumerable.Range(0, 10).First(calls => rule.Fires(Holding(calls))));

        static TripperContext Holding(int calls) => new(BreakerState.Closed, new(calls, 0, 0, default), 0, SlowThresholds.None);
    }

    [Theory]
    [InlineData("All", "All")]
    [InlineData("Random(10%)", "Random(10%)")]
    [InlineData("RampUp(10% -> 100%, 60s)", "RampUp(10% -> 100%, 1m)")]
    [InlineData("rampup(0.1->1,1m)&maxconcurrent(5)", "RampUp(10% -> 100%, 1m) & MaxConcurrent(5)")]
    [InlineData("RampUp(1e-3->1e-2, 1m)", "RampUp(0.1% -> 1%, 1m)")]
    [InlineData("(All & MaxConcurrent(5)) & Random(1)", "All & MaxConcurrent(5) & Random(100%)")]
    public void Permits_parse(string text, string permit) => Assert.Equal(permit, Permit.Parse(text).ToString());

    [Theory]
    [InlineData("AfterProbes(10)", "AfterProbes(10)")]
    [InlineData("After(60s) & afterprobes(3)", "After(1m) & AfterProbes(3)")]
    [InlineData("WhenQuiet", "WhenQuiet")]
    public void Recoveries_parse(string text, string recovery) => Assert.Equal(recovery, Recovery.Parse(text).ToString());

    [Theory]
    [InlineData("Count(100)", "Count(100)")]
    [InlineData("Time(60s)", "Time(1m)")]
    [InlineData("time(1m, 10)", "Time(1m)")]
    [InlineData("Time(1m, 20)", "Time(1m, 20)")]
    public void Windows_parse(string text, string window) => Assert.Equal(window, Window.Parse(text).ToString());

    [Theory]
    [InlineData("None", "None")]
    [InlineData("untilreset", "UntilReset")]
    [InlineData("Fixed(60s)", "Fixed(1m)")]
    [InlineData("Fixed(5 s, jitter 10 %)", "Fixed(5s, jitter 10%)")]
    [InlineData("Backoff(10s)", "Backoff(10s, x2, max 10m)")]
    [InlineData("Backoff(1h)", "Backoff(1h, x2, max 1h)")]
    [InlineData("Backoff(10s, X1.5)", "Backoff(10s, x1.5, max 10m)")]
    [InlineData("Backoff(10s, max 1h)", "Backoff(10s, x2, max 1h)")]
    [InlineData("Backoff(10s, JITTER 10%, Max 1h, x3)", "Backoff(10s, x3, max 1h, jitter 10%)")]
    [InlineData("Backoff(10s, x1E+20)", "Backoff(10s, x1E+20, max 10m)")]
    public void Break_durations_parse(string text, string duration) => Assert.Equal(duration, BreakDuration.Parse(text).ToString());

    [Fact]
    public void A_custom_tripper_formats_with_its_own_text()
    {
        var rule = Tripper.MinRequests(2) & (new FailuresAtLeast(3) | Tripper.Closed);
        Assert.Equal("MinRequests(2) & (at least 3 failures | Closed)", rule.ToString());
    }

    private sealed class FailuresAtLeast(int number) : Tripper
    {
        public override bool Fires(in TripperContext reading) => reading.Failures >= number;

        public override string ToString() => $"at least {number} failures";
    }
}
