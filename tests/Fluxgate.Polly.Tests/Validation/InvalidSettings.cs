using System.ComponentModel.DataAnnotations;
using Polly;

namespace Fluxgate;

/// <summary>Invalid values throw where they are passed, with a message that names the setting, the value and the allowed range.</summary>
public sealed class InvalidSettings
{
    private static readonly Dictionary<string, InvalidSetting> Rows = InvalidArguments
        .All.Concat(InvalidBreakers.All)
        .ToDictionary(row => row.Code, StringComparer.Ordinal);

    public static TheoryData<string> Codes => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_message_names_the_setting_the_value_and_the_allowed_range(string code)
    {
        var row = Rows[code];

        var error = Assert.ThrowsAny<Exception>(row.Act);

        Assert.Equal(row.Message, InvalidSetting.TextOf(error));
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
    public void The_message_is_the_same_in_every_culture(string code)
    {
        foreach (var language in new[] { "de-DE", "sv-SE", "ar-SA" })
        {
            using var culture = new ForeignCulture(language);
            The_message_names_the_setting_the_value_and_the_allowed_range(code);
        }
    }

    [Fact]
    public void All_invalid_settings_are_reported_together()
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
    public void Values_at_the_limits_are_valid()
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
    public void A_minimum_as_large_as_the_window_is_valid() =>
        Assert.Empty(
            new FluxgateBreakerSettings { Window = Window.Count(100), Tripper = Tripper.MinRequests(100) & Tripper.FailureRate(1) }.Warnings
        );

    [Fact]
    public void Equal_slow_thresholds_count_once()
    {
        var rule = Enumerable
            .Range(1, 4)
            .SelectMany(seconds => Twice(Tripper.SlowRate(0.3, TimeSpan.FromSeconds(seconds))))
            .Aggregate((left, right) => left | right);

        Assert.Equal(4, new FluxgateBreaker("payments", new() { Tripper = rule }, new VirtualTime()).Snapshot().SlowCalls.Count);
    }

    private static IEnumerable<Tripper> Twice(Tripper rule) => [rule, rule];
}
