using System.ComponentModel.DataAnnotations;
using Polly;

namespace Fluxgate;

public sealed class OptionsValidation
{
    private readonly World _world = new();

    [Fact]
    public void Settings_with_a_breaker_throw() =>
        Refused(new() { Breaker = _world.Breaker, Settings = new() }, "Settings must be null if Breaker is set, but Breaker is 'payments'");

    [Fact]
    public void A_name_with_a_breaker_throws() =>
        Refused(new() { Breaker = _world.Breaker, CircuitName = "other" }, "CircuitName must be null if Breaker is set, but is 'other'");

    [Fact]
    public void Tracker_and_ShouldHandle_together_throw() =>
        Refused(
            new() { Tracker = Tracker.All, ShouldHandle = static _ => PredicateResult.True() },
            "Tracker and ShouldHandle must not both be set"
        );

    [Fact]
    public void An_empty_name_throws() => Refused(new() { CircuitName = "" }, "CircuitName must not be empty");

    [Fact]
    public void A_name_of_more_than_256_characters_throws() =>
        Refused(new() { CircuitName = new('n', 257) }, "CircuitName must have at most 256 characters, but has 257");

    [Fact]
    public void A_name_of_256_characters_is_valid() =>
        new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(new FluxgateBreakerOptions { CircuitName = new('n', 256) })
            .Build()
            .Execute(() => { });

    [Fact]
    public void An_invalid_setting_throws_with_name_and_value() =>
        Refused(new() { Settings = new() { ListenerQueueCapacity = 0 } }, "Settings: ListenerQueueCapacity must be at least 1, but is 0");

    [Fact]
    public void A_rule_that_can_never_fire_throws() =>
        Refused(
            new()
            {
                Settings = new() { Window = Window.Count(10), Tripper = Tripper.MinRequests(11) },
            },
            "MinRequests(11) requires more calls than the window's 10"
        );

    private static void Refused(FluxgateBreakerOptions<object> options, string message)
    {
        var any = new FluxgateBreakerOptions
        {
            Breaker = options.Breaker,
            CircuitName = options.CircuitName,
            Settings = options.Settings,
            ShouldHandle = options.ShouldHandle,
            Tracker = options.Tracker,
        };
        var error = Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder().AddFluxgateBreaker(any));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder<object>().AddFluxgateBreaker(options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
