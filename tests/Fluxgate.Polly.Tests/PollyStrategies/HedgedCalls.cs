using Polly;
using Polly.Hedging;

namespace Fluxgate;

/// <summary>Polly's hedging with the breaker inside, which counts every attempt, and outside, which counts the hedged call once.</summary>
public sealed class HedgedCalls
{
    private const int DelayInSeconds = 2;

    [Fact]
    public async Task A_hedged_attempt_that_another_overtook_is_ignored()
    {
        Inline.Continuations();
        var world = new World();

        var call = OverAHangingFirstAttempt(Inside(world), "hedged");
        Assert.Equal(new(InFlight: 1), CountsOfCalls.Of(world.Breaker));
        world.Wait(DelayInSeconds);

        Assert.Equal("hedged", await Inline.Ended(call));
        Assert.Equal(new(Successes: 1, Ignored: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task A_hedged_probe_that_another_overtook_returns_its_permit()
    {
        Inline.Continuations();
        var world = new World(new() { Permit = Permit.MaxConcurrent(2), Recovery = Recovery.AfterProbes(10) });
        var pipeline = Inside(world);
        world.Breaker.Probe();

        for (var i = 0; i < 5; i++)
        {
            var call = OverAHangingFirstAttempt(pipeline, "hedged");
            Assert.Equal(1, world.Now.HalfOpenInFlight);
            world.Wait(DelayInSeconds);
            Assert.Equal("hedged", await Inline.Ended(call));
        }

        Assert.Equal((BreakerState.HalfOpen, 0), (world.State, world.Now.HalfOpenInFlight));
        Assert.Equal(new(Successes: 5, Ignored: 5), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task Hedged_attempts_that_fail_open_the_circuit_for_later_attempts()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        var attempts = 0;

        await Assert.ThrowsAsync<IOException>(async () =>
            await Inside(world)
                .ExecuteAsync(_ =>
                {
                    attempts++;
                    return ValueTask.FromException<string>(new IOException());
                })
        );

        Assert.Equal((2, BreakerState.Open), (attempts, world.State));
        Assert.Equal(new(Failures: 2, Rejected: 2), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task A_rejected_attempt_can_be_hedged_to_another_pipeline()
    {
        var world = new World();
        var mirror = new World(name: "mirror");
        var elsewhere = new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(mirror.Breaker).Build();
        world.Breaker.ForceOpen();

        var answer = await Inside(
                world,
                options =>
                {
                    options.ShouldHandle = Tracker.TypeOf<CallNotPermittedException>().For<string>();
                    options.ActionGenerator = args =>
                        () =>
                            elsewhere.ExecuteOutcomeAsync(
                                static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult("mirrored")),
                                args.ActionContext,
                                0
                            );
                }
            )
            .ExecuteAsync(_ => new ValueTask<string>("never"));

        Assert.Equal("mirrored", answer);
        Assert.Equal(new(Rejected: 1), CountsOfCalls.Of(world.Breaker));
        Assert.Equal(new(Successes: 1), CountsOfCalls.Of(mirror.Breaker));
    }

    [Fact]
    public async Task A_breaker_outside_hedging_counts_a_hedged_call_once()
    {
        Inline.Continuations();
        var world = new World();

        var call = OverAHangingFirstAttempt(Outside(world), "hedged");
        world.Wait(DelayInSeconds);

        Assert.Equal("hedged", await Inline.Ended(call));
        Assert.Equal(new(Successes: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task An_open_circuit_outside_hedging_starts_no_attempt()
    {
        var world = new World();
        world.Breaker.ForceOpen();
        var attempts = 0;

        await Assert.ThrowsAsync<CallNotPermittedException>(async () =>
            await Outside(world)
                .ExecuteAsync(_ =>
                {
                    attempts++;
                    return new ValueTask<string>("never");
                })
        );

        Assert.Equal(0, attempts);
        Assert.Equal(new(Rejected: 1), CountsOfCalls.Of(world.Breaker));
    }

    private static async Task<string> OverAHangingFirstAttempt(ResiliencePipeline<string> pipeline, string answer)
    {
        var attempts = 0;
        return await pipeline.ExecuteAsync(async token =>
        {
            if (++attempts == 1)
            {
                await Inline.Forever(token);
            }

            return answer;
        });
    }

    private static ResiliencePipeline<string> Inside(World world, Action<HedgingStrategyOptions<string>>? configure = null) =>
        new ResiliencePipelineBuilder<string> { TimeProvider = world.Time }
            .AddHedging(Options(configure))
            .AddFluxgateBreaker(world.Breaker)
            .Build();

    private static ResiliencePipeline<string> Outside(World world) =>
        new ResiliencePipelineBuilder<string> { TimeProvider = world.Time }
            .AddFluxgateBreaker(world.Breaker)
            .AddHedging(Options())
            .Build();

    private static HedgingStrategyOptions<string> Options(Action<HedgingStrategyOptions<string>>? configure = null)
    {
        var options = new HedgingStrategyOptions<string> { MaxHedgedAttempts = 3, Delay = TimeSpan.FromSeconds(DelayInSeconds) };
        configure?.Invoke(options);
        return options;
    }
}
