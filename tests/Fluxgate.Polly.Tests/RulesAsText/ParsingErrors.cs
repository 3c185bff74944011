namespace Fluxgate;

public sealed class ParsingErrors
{
    private const string Known =
        "Valid names: MinRequests, FailureRate, SlowRate, AvgLatency, FailureStreak, Closed, HalfOpened. A custom tripper can only be used in code.";

    [Theory]
    [InlineData("", "Column 1: expected a tripper such as MinRequests, or '(', but found the end.")]
    [InlineData("  ", "Column 3: expected a tripper such as MinRequests, or '(', but found the end.")]
    [InlineData("FailureRate", "Column 12: expected '(', but found the end.")]
    [InlineData("FailureRate 50%", "Column 13: expected '(', but found '50%'.")]
    [InlineData("FailureRate()", "Column 13: expected a ratio such as 50% or 0.5, but found ')'.")]
    [InlineData("FailureRate(half)", "Column 13: expected a ratio such as 50% or 0.5, but found 'half'.")]
    [InlineData("FailureRate(50%", "Column 16: expected ')', but found the end.")]
    [InlineData("FailureRate(0,5)", "Column 14: expected ')', but found ','.")]
    [InlineData("FailureRate(50%, 1s)", "Column 16: expected ')', but found ','.")]
    [InlineData("FailureRate(-5%)", "Column 13: expected a ratio such as 50% or 0.5, but found '-'.")]
    [InlineData("SlowRate(30%)", "Column 13: expected ',' and a duration such as 250ms, 1s or 2m, but found ')'.")]
    [InlineData("SlowRate(30%, 1)", "Column 15: expected a duration such as 250ms, 1s or 2m, but found '1'.")]
    [InlineData("SlowRate(30%, 1y)", "Column 15: expected a duration such as 250ms, 1s or 2m, but found '1y'.")]
    [InlineData("SlowRate(30% 1s)", "Column 14: expected ',' and a duration such as 250ms, 1s or 2m, but found '1s'.")]
    [InlineData("AvgLatency(10675200d)", "Column 12: expected a duration of at most 10675199d, but found '10675200d'.")]
    [InlineData("MinRequests(many)", "Column 13: expected a whole number such as 20, but found 'many'.")]
    [InlineData("MinRequests(2.5)", "Column 13: expected a whole number such as 20, but found '2.5'.")]
    [InlineData("MinRequests(99999999999)", "Column 13: expected a whole number of at most 2147483647, but found '99999999999'.")]
    [InlineData("Closed Closed", "Column 8: expected '&', '|' or the end, but found 'Closed'.")]
    [InlineData("Closed)", "Column 7: expected '&', '|' or the end, but found ')'.")]
    [InlineData("Closed()", "Column 7: expected '&', '|' or the end, but found '('.")]
    [InlineData("(Closed", "Column 8: expected ')', '&' or '|', but found the end.")]
    [InlineData("Closed &", "Column 9: expected a tripper such as MinRequests, or '(', but found the end.")]
    [InlineData("Closed && HalfOpened", "Column 9: expected a tripper such as MinRequests, or '(', but found '&'.")]
    [InlineData("()", "Column 2: expected a tripper such as MinRequests, or '(', but found ')'.")]
    [InlineData("Closed\n| Closed\n| ,", "Line 3, column 3: expected a tripper such as MinRequests, or '(', but found ','.")]
    [InlineData("0\n%", "Line 1, column 1: expected a tripper such as MinRequests, or '(', but found '0 %'.")]
    [InlineData("AvgLatency(10675200 \r\n d)", "Line 1, column 12: expected a duration of at most 10675199d, but found '10675200 d'.")]
    [InlineData("\u0007", "Column 1: expected a tripper such as MinRequests, or '(', but found 'U+0007'.")]
    [InlineData("\ud83d\ude00", "Column 1: expected a tripper such as MinRequests, or '(', but found '\ud83d\ude00'.")]
    public void An_error_names_the_column_what_was_found_and_what_was_expected(string text, string message) =>
        Assert.Equal(message, Language.All[0].Refuses(text));

    [Theory]
    [InlineData("Closed & FailureRate(0)", "Column 22: ratio must be greater than 0 and at most 1 (1 is 100%), but is 0.")]
    [InlineData("FailureRate(150%)", "Column 13: ratio must be greater than 0 and at most 1 (1 is 100%), but is 1.5.")]
    [InlineData("FailureRate(50)", "Column 13: ratio must be greater than 0 and at most 1 (1 is 100%), but is 50.")]
    [InlineData("FailureRate(NaN)", "Column 13: ratio must be greater than 0 and at most 1 (1 is 100%), but is NaN.")]
    [InlineData("MinRequests( 0 )", "Column 14: count must be at least 1, but is 0.")]
    [InlineData("SlowRate(30%, 0s)", "Column 15: threshold must be greater than zero, but is 00:00:00.")]
    [InlineData("SlowRate(0%, 0s)", "Column 10: ratio must be greater than 0 and at most 1 (1 is 100%), but is 0.")]
    [InlineData("FailureRate(50%) |\n  AvgLatency(0ms)", "Line 2, column 14: threshold must be greater than zero, but is 00:00:00.")]
    public void An_error_names_the_column_of_the_argument_out_of_range(string text, string message) =>
        Assert.Equal(message, Language.All[0].Refuses(text));

    [Theory]
    [InlineData("tripper", "FailurRate(50%)", "Column 1: 'FailurRate' is not a known tripper. Did you mean FailureRate? " + Known)]
    [InlineData("tripper", "Closed | minrequest(5)", "Column 10: 'minrequest' is not a known tripper. Did you mean MinRequests? " + Known)]
    [InlineData("tripper", "HalfOpen", "Column 1: 'HalfOpen' is not a known tripper. Did you mean HalfOpened? " + Known)]
    [InlineData("tripper", "ErrorsAtLeast(3)", "Column 1: 'ErrorsAtLeast' is not a known tripper. " + Known)]
    [InlineData(
        "permit",
        "MaxConcurent(5)",
        "Column 1: 'MaxConcurent' is not a known permit. Did you mean MaxConcurrent? Valid names: All, Random, RampUp, MaxConcurrent. A custom permit can only be used in code."
    )]
    [InlineData(
        "recovery",
        "AfterProbe(5)",
        "Column 1: 'AfterProbe' is not a known recovery. Did you mean AfterProbes? Valid names: AfterProbes, After, WhenQuiet. A custom recovery can only be used in code."
    )]
    [InlineData(
        "window",
        "Sliding(5)",
        "Column 1: 'Sliding' is not a known window. Valid names: Count, Time. A custom window can only be used in code."
    )]
    [InlineData(
        "break duration",
        "BackOf(5s)",
        "Column 1: 'BackOf' is not a known break duration. Did you mean Backoff? Valid names: Fixed, Backoff, None, UntilReset. A custom break duration can only be used in code."
    )]
    public void An_error_suggests_the_closest_word_and_lists_the_known_ones(string kind, string text, string message) =>
        Assert.Equal(message, Of(kind).Refuses(text));

    [Theory]
    [InlineData("permit", "All | All", "Column 5: expected '&' or the end, but found '|'.")]
    [InlineData("permit", "(All", "Column 5: expected ')' or '&', but found the end.")]
    [InlineData("permit", "Random(2)", "Column 8: ratio must be greater than 0 and at most 1 (1 is 100%), but is 2.")]
    [InlineData("permit", "RampUp(10%, 100%, 60s)", "Column 11: expected '->' and a ratio such as 50% or 0.5, but found ','.")]
    [InlineData("permit", "RampUp(10% -> 200%, 60s)", "Column 15: final must be greater than 0 and at most 1 (1 is 100%), but is 2.")]
    [InlineData("permit", "RampUp(20% -> 10%, 60s)", "Column 8: initial must be at most final (0.1), but is 0.2.")]
    [InlineData("permit", "RampUp(10% -> 20%)", "Column 18: expected ',' and a duration such as 250ms, 1s or 2m, but found ')'.")]
    [InlineData("recovery", "After(10)", "Column 7: expected a duration such as 250ms, 1s or 2m, but found '10'.")]
    [InlineData("recovery", "AfterProbes(0)", "Column 13: count must be at least 1, but is 0.")]
    [InlineData("window", "(Count(5))", "Column 1: expected a window such as Count, but found '('.")]
    [InlineData("window", "Count(5) & Count(6)", "Column 10: expected the end, but found '&'.")]
    [InlineData("window", "Count(0)", "Column 7: size must be at least 1, but is 0.")]
    [InlineData("window", "Time(1s, 1001)", "Column 10: buckets must be at most 1000, but is 1001.")]
    [InlineData("window", "Time(0.0001ms)", "Column 6: duration must be at least 100 ns per bucket, but is 0.0001ms for 10 buckets.")]
    [InlineData("break duration", "Fixed(60)", "Column 7: expected a duration such as 250ms, 1s or 2m, but found '60'.")]
    [InlineData("break duration", "Fixed(60s, 10%)", "Column 12: expected jitter and a ratio, such as jitter 10%, but found '10%'.")]
    [InlineData("break duration", "Fixed(60s, jitter)", "Column 18: expected a ratio such as 50% or 0.5, but found ')'.")]
    [InlineData(
        "break duration",
        "Fixed(60s, jitter 100%)",
        "Column 19: jitter must be at least 0 and less than 1 (0.1 is ±10%), but is 1."
    )]
    [InlineData(
        "break duration",
        "Backoff(10s, 2)",
        "Column 14: expected a multiplier such as x2, max and a duration, or jitter and a ratio, each once, but found '2'."
    )]
    [InlineData(
        "break duration",
        "Backoff(10s, x2, x3)",
        "Column 18: expected a multiplier such as x2, max and a duration, or jitter and a ratio, each once, but found 'x3'."
    )]
    [InlineData(
        "break duration",
        "Backoff(10s, max 1m, max 2m)",
        "Column 22: expected a multiplier such as x2, max and a duration, or jitter and a ratio, each once, but found 'max'."
    )]
    [InlineData("break duration", "Backoff(10s, x0.5)", "Column 14: multiplier must be a finite number of at least 1, but is 0.5.")]
    [InlineData("break duration", "Backoff(10s, max 5s)", "Column 18: max must be at least initial (10s), but is 5s.")]
    public void An_error_of_every_kind_of_part_names_what_was_expected(string kind, string text, string message) =>
        Assert.Equal(message, Of(kind).Refuses(text));

    [Fact]
    public void A_custom_tripper_in_a_text_is_refused_at_its_column()
    {
        var text = (Tripper.MinRequests(2) & new Midnight()).ToString()!;
        Assert.Equal($"Column 18: 'Midnight' is not a known tripper. {Known}", Language.All[0].Refuses(text));
    }

    private static Language Of(string kind) => Language.All.Single(language => language.Kind == kind);

    private sealed class Midnight : Tripper
    {
        public override bool Fires(in TripperContext reading) => false;

        public override string ToString() => "Midnight";
    }
}
