using System.ComponentModel.DataAnnotations;
using Polly;

namespace Fluxgate;

/// <summary>What cannot work is refused where it is written, in words that name the setting, the value and what is allowed.</summary>
public sealed class BadSettingsAreRefused
{
    private static readonly Dictionary<string, BadSetting> Rows = BadArguments
        .All.Concat(BadBreakers.All)
        .ToDictionary(row => row.Code, StringComparer.Ordinal);

    public static TheoryData<string> Codes => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public void In_these_words(string code)
    {
        var row = Rows[code];

        var error = Assert.ThrowsAny<Exception>(row.Act);

        Assert.Equal(row.Message, BadSetting.TextOf(error));
        Assert.True(error is ArgumentException or InvalidOperationException, $"{error.GetType()}");
    }

    [Theory]
    [InlineData("Tripper.FailureRate(-0.5)")]
    [InlineData("Tripper.FailureRate(1.0001)")]
    [InlineData("Window.Count(-5)")]
    [InlineData("Window.Time(Second, -1)")]
    [InlineData("Tripper.MinRequests(int.MinValue)")]
    [InlineData("Admitted().Settle((Verdict)(-1))")]
    [InlineData("settings => settings.InitialState = (BreakerState)(-1)")]
    public void In_the_same_words_in_every_culture(string code)
    {
        foreach (var language in new[] { "de-DE", "sv-SE", "ar-SA" })
        {
            using var culture = new ForeignCulture(language);
            In_these_words(code);
        }
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var settings = new FluxgateBreakerSettings { ProbeLease = TimeSpan.Zero, ListenerQueueCapacity = 0 };
        const string First = "ProbeLease must be greater than zero, but is 00:00:00.";
        const string Second = "ListenerQueueCapacity must be at least 1, but is 0.";

        var refusal = Assert.Throws<ArgumentException>(() => new FluxgateBreaker("payments", settings));
        var inPipeline = Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder().AddFluxgateBreaker("payments", settings));

        Assert.Equal($"2 settings are invalid:\n- {First}\n- {Second}", refusal.Message);
        Assert.Contains($"Settings: {First}", inPipeline.Message, StringComparison.Ordinal);
        Assert.Contains($"Settings: {Second}", inPipeline.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_at_the_edge_of_the_allowed_is_taken()
    {
        var second = TimeSpan.FromSeconds(1);
        var settings = new FluxgateBreakerSettings
        {
            Window = Window.Time(TimeSpan.FromTicks(1000), 1000),
            Tripper =
                Tripper.MinRequests(int.MaxValue)
                & (Tripper.FailureRate(1) | Tripper.FailureRate(double.Epsilon) | Tripper.SlowRate(1, TimeSpan.FromTicks(1))),
            BreakDuration = BreakDuration.Backoff(second, multiplier: 1, max: second, jitter: 0.9999),
            Permit = Permit.RampUp(1, 1, TimeSpan.FromTicks(1)) & Permit.MaxConcurrent(1),
            Recovery = Recovery.AfterProbes(1) & Recovery.After(TimeSpan.FromTicks(1)),
            ProbeLease = TimeSpan.FromTicks(1),
            ListenerQueueCapacity = 1,
            ListenerFlushTimeout = TimeSpan.FromTicks(1),
        };

        using var breaker = new FluxgateBreaker(new string('x', 256), settings, new VirtualTime());

        Assert.Equal(BreakerState.Closed, breaker.State);
        Assert.Empty(breaker.Warnings);
    }

    [Fact]
    public void A_minimum_as_large_as_the_window_is_taken() =>
        Assert.Empty(
            new FluxgateBreakerSettings { Window = Window.Count(100), Tripper = Tripper.MinRequests(100) & Tripper.FailureRate(1) }.Warnings
        );

    [Fact]
    public void The_same_slow_threshold_counts_once()
    {
        var rule = Enumerable
            .Range(1, 4)
            .SelectMany(seconds => Twice(Tripper.SlowRate(0.3, TimeSpan.FromSeconds(seconds))))
            .Aggregate((left, right) => left | right);

        Assert.Equal(4, new FluxgateBreaker("payments", new() { Tripper = rule }, new VirtualTime()).Snapshot().SlowCalls.Count);
    }

    private static IEnumerable<Tripper> Twice(Tripper rule) => [rule, rule];
}
