using System.ComponentModel.DataAnnotations;
using Polly;

namespace Fluxgate;

/// <summary>Polly's own validation refuses invalid options when the strategy is added.</summary>
public sealed class InvalidOptions
{
    private static readonly FluxgateBreaker Payments = new("payments", null, new VirtualTime());

    private static readonly Dictionary<string, (FluxgateBreakerOptions<int> Options, string Message)> Rows = new()
    {
        ["a breaker with settings"] = (
            new() { Breaker = Payments, Settings = new() },
            "Settings must be null if Breaker is set, but Breaker is 'payments', which has its own settings."
        ),
        ["a breaker with a name"] = (
            new() { Breaker = Payments, CircuitName = "orders" },
            "CircuitName must be null if Breaker is set, but is 'orders': the breaker's name is 'payments'."
        ),
        ["both kinds of predicates"] = (
            new() { Tracker = Tracker.All, ShouldHandle = static _ => PredicateResult.True() },
            "Tracker and ShouldHandle must not both be set: each selects the failures."
        ),
        ["an empty name"] = (new() { CircuitName = "" }, "CircuitName must not be empty: a circuit has a name of 1 to 256 characters."),
        ["too long a name"] = (new() { CircuitName = new('x', 257) }, "CircuitName must have at most 256 characters, but has 257."),
        ["a bad number in settings"] = (
            new() { Settings = new() { ListenerQueueCapacity = 0 } },
            "Settings: ListenerQueueCapacity must be at least 1, but is 0."
        ),
        ["a null part in settings"] = (new() { Settings = new() { Window = null! } }, "Settings: Window must not be null."),
        ["a dead rule in settings"] = (
            new() { Settings = new() { Tripper = Tripper.Closed & Tripper.HalfOpened } },
            "Settings: Tripper can never fire while the circuit is closed: HalfOpened does not fire while closed. "
                + "The rule is Closed & HalfOpened, the window Count(100)."
        ),
    };

    public static TheoryData<string> Kinds => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Adding_a_strategy_of_one_result_type_throws_for_invalid_options(string kind)
    {
        var error = Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(Rows[kind].Options));

        AssertSays(error, "FluxgateBreakerOptions<Int32>", Rows[kind].Message);
    }

    [Fact]
    public void Adding_a_strategy_of_any_result_type_throws_for_invalid_options()
    {
        var error = Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder().AddFluxgateBreaker("", new()));

        AssertSays(error, "FluxgateBreakerOptions", "CircuitName must not be empty: a circuit has a name of 1 to 256 characters.");
    }

    [Fact]
    public void All_invalid_options_are_reported_together()
    {
        var error = Assert.Throws<ValidationException>(() =>
            new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(
                new FluxgateBreakerOptions<int>
                {
                    Breaker = Payments,
                    CircuitName = "orders",
                    Settings = new() { ProbeLease = TimeSpan.Zero },
                }
            )
        );

        Assert.Equal(2 + 3, LinesOf(error).Length);
    }

    [Theory]
    [InlineData("builder")]
    [InlineData("options")]
    [InlineData("breaker")]
    [InlineData("name")]
    [InlineData("settings")]
    public void A_missing_argument_is_reported_by_name(string parameter)
    {
        var error = Assert.Throws<ArgumentNullException>(() =>
            parameter switch
            {
                "builder" => ((ResiliencePipelineBuilder)null!).AddFluxgateBreaker(),
                "options" => new ResiliencePipelineBuilder().AddFluxgateBreaker((FluxgateBreakerOptions)null!),
                "breaker" => new ResiliencePipelineBuilder().AddFluxgateBreaker((FluxgateBreaker)null!),
                "name" => new ResiliencePipelineBuilder().AddFluxgateBreaker(null!, new FluxgateBreakerSettings()),
                _ => new ResiliencePipelineBuilder().AddFluxgateBreaker("payments", null!),
            }
        );

        Assert.Equal((parameter, $"{parameter} must not be null."), (error.ParamName, InvalidSetting.TextOf(error)));
    }

    [Fact]
    public void A_builder_with_another_clock_than_its_breaker_throws()
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = TimeProvider.System }.AddFluxgateBreaker(Payments);

        Assert.Equal(
            "The builder's TimeProvider (SystemTimeProvider) must be null or the one of its breaker 'payments' (VirtualTime): "
                + "a breaker has one clock. Pass it to the breaker's constructor.",
            Assert.Throws<InvalidOperationException>(builder.Build).Message
        );
    }

    [Fact]
    public void A_builder_with_the_breakers_clock_or_none_is_valid()
    {
        Assert.NotNull(
            new ResiliencePipelineBuilder { TimeProvider = Payments.TimeProvider }
                .AddFluxgateBreaker(Payments)
                .Build()
        );
        Assert.NotNull(new ResiliencePipelineBuilder().AddFluxgateBreaker(Payments).Build());
    }

    private static void AssertSays(ValidationException error, string options, string message) =>
        Assert.Equal([$"The '{options}' are invalid.", "Validation Errors:", message], LinesOf(error));

    private static string[] LinesOf(ValidationException error) => error.Message.ReplaceLineEndings("\n").Trim().Split('\n');
}
