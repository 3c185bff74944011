using System.ComponentModel.DataAnnotations;
using Polly;

namespace Fluxgate;

/// <summary>Hints that callers pass to Settle, and invalid bounds of hints.</summary>
public sealed class SettleHints
{
    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(2), Permit = Permit.All });

    [Fact]
    public void Settle_sets_the_break_with_breakFor_on_a_failure()
    {
        _world.Begin().Settle(Verdict.Failure, breakFor: TimeSpan.FromHours(5));
        var signal = _world.Begin().Settle(Verdict.Failure, breakFor: TimeSpan.FromMilliseconds(20));

        Assert.Equal((BreakerState.Open, TimeSpan.FromMilliseconds(20)), (signal!.NewState, signal.BreakFor));
        _world.Wait(0.019);
        _world.Rejects();
        _world.Wait(0.001);
        _world.Succeed();
        Assert.Equal(BreakerState.HalfOpen, _world.State);
    }

    [Fact]
    public void Settle_of_the_breaker_sets_the_break_with_breakFor()
    {
        _world.Fail();

        _world.Breaker.Settle(_world.Begin(), Verdict.Failure, breakFor: TimeSpan.FromDays(3));

        Assert.Equal(TimeSpan.FromDays(3), _world.Now.RetryAfter);
    }

    [Theory]
    [InlineData(Verdict.Success)]
    [InlineData(Verdict.Ignored)]
    public void A_hint_is_unused_unless_a_failure_settles(Verdict verdict)
    {
        _world.Begin().Settle(verdict, breakFor: TimeSpan.FromSeconds(1));
        _world.Fail(2);

        Assert.Equal(TimeSpan.FromSeconds(60), _world.Now.RetryAfter);
    }

    [Fact]
    public void A_hint_is_unused_when_a_slow_success_opens_the_circuit()
    {
        var world = new World(new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) });

        world.Begin().Settle(Verdict.Success, duration: TimeSpan.FromSeconds(2), breakFor: TimeSpan.FromSeconds(5));

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(60)), (world.State, world.Now.RetryAfter));
    }

    [Fact]
    public void A_hint_applies_when_Reconfigure_runs_during_the_trip()
    {
        var settings = new FluxgateBreakerSettings();
        var world = new World(settings);
        settings.Tripper = new AtTwoFailures(() => world.Breaker.Reconfigure(new() { Tripper = settings.Tripper, Permit = Permit.All }));
        world.Breaker.Reconfigure(settings);
        world.Notices.Clear();
        world.Fail();

        world.Begin().Settle(Verdict.Failure, breakFor: TimeSpan.FromSeconds(20));

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(20)), (world.State, world.Now.RetryAfter));
        Assert.IsType<ReconfiguredNotice>(Assert.Single(world.Notices));
    }

    [Fact]
    public void A_hint_does_not_move_the_deadline_of_an_open_circuit()
    {
        var late = _world.Begin();
        _world.Fail(2);

        Assert.Null(late.Settle(Verdict.Failure, breakFor: TimeSpan.FromHours(1)));

        Assert.Equal(TimeSpan.FromSeconds(60), _world.Now.RetryAfter);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_hint_of_zero_or_less_throws_and_settles_nothing(int seconds)
    {
        var admission = _world.Begin();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            admission.Settle(Verdict.Failure, breakFor: TimeSpan.FromSeconds(seconds))
        );

        Assert.Equal("breakFor", error.ParamName);
        Assert.StartsWith(
            $"breakFor must be greater than zero, but is {TimeSpan.FromSeconds(seconds)}.",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(new(InFlight: 1), CountsOfCalls.Of(_world.Breaker));
        admission.Settle(Verdict.Failure);
        Assert.Equal(new(Failures: 1), CountsOfCalls.Of(_world.Breaker));
    }

    [Theory]
    [InlineData(0, 600, "MinBreakDurationHint must be greater than zero, but is 00:00:00.")]
    [InlineData(-1, 600, "MinBreakDurationHint must be greater than zero, but is -00:00:01.")]
    [InlineData(601, 600, "MaxBreakDurationHint must be at least MinBreakDurationHint (00:10:01), but is 00:10:00.")]
    [InlineData(1, 0, "MaxBreakDurationHint must be at least MinBreakDurationHint (00:00:01), but is 00:00:00.")]
    public void Invalid_bounds_of_hints_throw_when_the_breaker_is_added(int min, int max, string message)
    {
        var options = new FluxgateBreakerOptions<string>
        {
            MinBreakDurationHint = TimeSpan.FromSeconds(min),
            MaxBreakDurationHint = TimeSpan.FromSeconds(max),
        };

        var error = Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options));

        Assert.Contains($"\n{message}", error.Message.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_bounds_of_hints_are_valid() =>
        Assert.NotNull(
            new ResiliencePipelineBuilder<string>()
                .AddFluxgateBreaker(
                    new FluxgateBreakerOptions<string>
                    {
                        MinBreakDurationHint = TimeSpan.FromSeconds(5),
                        MaxBreakDurationHint = TimeSpan.FromSeconds(5),
                    }
                )
                .Build()
        );

    /// <summary>Fires at two failures, and runs an action the first time before it returns.</summary>
    private sealed class AtTwoFailures(Action meanwhile) : Tripper
    {
        private Action? _meanwhile = meanwhile;

        public override bool Fires(in TripperContext reading)
        {
            if (reading.Failures < 2)
            {
                return false;
            }

            Interlocked.Exchange(ref _meanwhile, null)?.Invoke();
            return true;
        }
    }
}
