using System.ComponentModel.DataAnnotations;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Rules with which a circuit opens differently than in Polly, or that one of the two refuses, as docs/migrating.md lists them.</summary>
public sealed class DifferentRules
{
    [Fact]
    public async Task A_success_that_completes_the_minimum_may_open()
    {
        #region docs/migrating.md: Opening on failures only
        var settings = new FluxgateBreakerSettings
        {
            Tripper = Tripper.MinRequests(4) & Tripper.FailureRate(0.5) & Tripper.FailureStreak(1),
        };
        #endregion

        var polly = new PollyWorld(options => (options.MinimumThroughput, options.FailureRatio) = (4, 0.5));
        var plain = new World(new() { Tripper = Tripper.MinRequests(4) & Tripper.FailureRate(0.5) });
        var exact = new World(settings);
        for (var call = 0; call < 3; call++)
        {
            await polly.Calls.Fail();
            plain.Fail();
            exact.Fail();
        }

        await polly.Calls.Succeed();
        plain.Succeed();
        exact.Succeed();
        Assert.Equal((CircuitState.Closed, BreakerState.Open, BreakerState.Closed), (polly.State, plain.State, exact.State));

        await polly.Calls.Fail();
        exact.Fail();
        Assert.Equal((CircuitState.Open, BreakerState.Open), (polly.State, exact.State));
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public async Task A_ratio_of_zero_means_any_failure_after_the_minimum()
    {
        #region docs/migrating.md: A failure ratio of zero
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.MinRequests(4) & Tripper.FailureStreak(1) };
        #endregion

        var polly = new PollyWorld(options => (options.MinimumThroughput, options.FailureRatio) = (4, 0));
        var ours = new World(settings);
        await polly.Calls.Fail();
        ours.Fail();
        for (var call = 0; call < 10; call++)
        {
            await polly.Calls.Succeed();
            ours.Succeed();
        }

        Assert.Equal((CircuitState.Closed, BreakerState.Closed), (polly.State, ours.State));
        await polly.Calls.Fail();
        ours.Fail();
        Assert.Equal((CircuitState.Open, BreakerState.Open), (polly.State, ours.State));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tripper.FailureRate(0));
    }

    [Fact]
    public void A_minimum_of_one_call_is_allowed()
    {
        Assert.Throws<ValidationException>(() => Polly(new() { MinimumThroughput = 1 }));

        var ours = new World(new() { Tripper = Tripper.MinRequests(1) & Tripper.FailureRate(0.1) });
        ours.Fail();
        Assert.Equal(BreakerState.Open, ours.State);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.499)]
    [InlineData(100_000)]
    public void A_break_may_be_shorter_than_500_ms_or_longer_than_a_day(double seconds)
    {
        var duration = TimeSpan.FromSeconds(seconds);
        Assert.Throws<ValidationException>(() => Polly(new() { BreakDuration = duration }));
        Assert.Throws<ValidationException>(() => Polly(new() { SamplingDuration = duration }));

        var ours = new World(new() { BreakDuration = BreakDuration.Fixed(duration), Window = Window.Time(duration) });
        Assert.Equal(duration, ours.Breaker.Trip()?.BreakFor);
    }

    [Fact]
    public async Task A_ShouldHandle_of_null_is_the_default()
    {
        Assert.Throws<ValidationException>(() => Polly(new() { ShouldHandle = null! }));

        var ours = new World(new() { Tripper = Tripper.FailureStreak(1) });
        var options = new FluxgateBreakerOptions<string> { Breaker = ours.Breaker, ShouldHandle = null };
        await new PipelineCalls(new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options).Build()).Fail();
        Assert.Equal(BreakerState.Open, ours.State);
    }

    [Fact]
    public void Invalid_settings_throw_on_creation_or_when_added()
    {
        var polly = Assert.Throws<ValidationException>(() => Polly(new() { FailureRatio = 2 }));
        Assert.Contains("FailureRatio", polly.Message, StringComparison.Ordinal);

        // Invalid parts throw on creation; invalid combinations throw when the breaker is created or the options are added.
        Assert.Throws<ArgumentOutOfRangeException>(() => Tripper.FailureRate(2));
        var neverFires = new FluxgateBreakerSettings { Window = Window.Count(10), Tripper = Tripper.MinRequests(100) };
        Assert.Throws<ArgumentException>(() => new FluxgateBreaker("payments", neverFires));
        Assert.Throws<ValidationException>(() =>
            new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(new FluxgateBreakerOptions<string> { Settings = neverFires })
        );
    }

    private static void Polly(CircuitBreakerStrategyOptions<string> options) =>
        new ResiliencePipelineBuilder<string>().AddCircuitBreaker(options);
}
