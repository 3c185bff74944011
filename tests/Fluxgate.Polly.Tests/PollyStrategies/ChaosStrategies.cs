using Polly;
using Polly.Simmy;
using Polly.Simmy.Fault;
using Polly.Simmy.Outcomes;

namespace Fluxgate;

/// <summary>Polly's chaos strategies simulate a failing dependency: they trip the breaker, and it recovers when they stop.</summary>
public sealed class ChaosStrategies
{
    private bool _chaos = true;

    [Fact]
    public async Task Injected_faults_open_the_circuit_and_it_closes_when_they_end()
    {
        var world = new World(Settings(Tripper.FailureStreak(3)));
        var pipeline = Over(world)
            .AddChaosFault(
                new ChaosFaultStrategyOptions
                {
                    InjectionRate = 1,
                    EnabledGenerator = _ => new(_chaos),
                    FaultGenerator = new FaultGenerator().AddException<IOException>(),
                }
            )
            .Build();

        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => Call(pipeline));
        }

        await RejectsAndRecovers(world, pipeline);
        Assert.Equal(new(Successes: 2, Failures: 3, Rejected: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task Injected_results_open_the_circuit_and_it_closes_when_they_end()
    {
        var world = new World(Settings(Tripper.FailureStreak(3)));
        var pipeline = Over(world, Tracker.Result<string>(result => result == "broken"))
            .AddChaosOutcome(
                new ChaosOutcomeStrategyOptions<string>
                {
                    InjectionRate = 1,
                    EnabledGenerator = _ => new(_chaos),
                    OutcomeGenerator = new OutcomeGenerator<string>().AddResult(() => "broken"),
                }
            )
            .Build();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("broken", await Call(pipeline));
        }

        await RejectsAndRecovers(world, pipeline);
        Assert.Equal(new(Successes: 2, Failures: 3, Rejected: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task Injected_latency_opens_the_circuit_and_it_closes_when_it_ends()
    {
        Inline.Continuations();
        var world = new World(Settings(Tripper.MinRequests(3) & Tripper.SlowRate(1, TimeSpan.FromSeconds(2))));
        var pipeline = Over(world)
            .AddChaosLatency(
                new()
                {
                    InjectionRate = 1,
                    EnabledGenerator = _ => new(_chaos),
                    Latency = TimeSpan.FromSeconds(2),
                }
            )
            .Build();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(BreakerState.Closed, world.State);
            var call = Call(pipeline);
            world.Wait(2);
            Assert.Equal("fine", await Inline.Ended(call));
        }

        await RejectsAndRecovers(world, pipeline);
        Assert.Equal("MinRequests 3 >= 3 & SlowRate 100% >= 100% (3 of 3 took 2s or longer)", world.Signals[0].Reason.Text);
        Assert.Equal(new(Successes: 5, Rejected: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task Injected_behavior_that_throws_is_a_failure()
    {
        var world = new World(Settings(Tripper.FailureStreak(3)));
        var pipeline = Over(world)
            .AddChaosBehavior(
                new()
                {
                    InjectionRate = 1,
                    EnabledGenerator = _ => new(_chaos),
                    BehaviorGenerator = _ => throw new IOException(),
                }
            )
            .Build();

        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => Call(pipeline));
        }

        await RejectsAndRecovers(world, pipeline);
        Assert.Equal(new(Successes: 2, Failures: 3, Rejected: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task A_call_whose_injected_behavior_forces_the_circuit_open_is_stale()
    {
        var world = new World();
        var pipeline = Over(world)
            .AddChaosBehavior(
                1,
                _ =>
                {
                    world.Breaker.ForceOpen("game day");
                    return default;
                }
            )
            .Build();

        Assert.Equal("fine", await Call(pipeline));

        Assert.Equal("payments: closed -> forced_open (game day)", Assert.Single(world.Signals).ToString());
        Assert.Equal(new(Successes: 1, Stale: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task Injected_faults_trip_at_the_call_that_meets_the_rule()
    {
        var world = new World(Settings(Tripper.MinRequests(10) & Tripper.FailureRate(0.5)));
        var draws = new Queue<double>([0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1, 0.9]);
        var pipeline = Over(world)
            .AddChaosFault(
                new ChaosFaultStrategyOptions
                {
                    InjectionRate = 0.5,
                    Randomizer = draws.Dequeue,
                    FaultGenerator = static _ => new(new IOException()),
                }
            )
            .Build();

        var calls = 0;
        while (world.State == BreakerState.Closed && draws.Count > 0)
        {
            calls++;
            await Record.ExceptionAsync(() => Call(pipeline));
        }

        Assert.Equal((10, BreakerState.Open), (calls, world.State));
        Assert.Equal("MinRequests 10 >= 10 & FailureRate 50% >= 50% (5 of 10)", world.Signals[0].Reason.Text);
    }

    [Fact]
    public async Task Chaos_outside_the_breaker_is_not_counted()
    {
        var world = new World();
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddChaosFault(1, () => new IOException())
            .AddFluxgateBreaker(world.Breaker)
            .Build();

        await Assert.ThrowsAsync<IOException>(() => Call(pipeline));

        Assert.Equal(new(), CountsOfCalls.Of(world.Breaker));
    }

    private async Task RejectsAndRecovers(World world, ResiliencePipeline<string> pipeline)
    {
        Assert.Equal(BreakerState.Open, world.State);
        await Assert.ThrowsAsync<CallNotPermittedException>(() => Call(pipeline));
        _chaos = false;
        world.Wait(60);
        Assert.Equal("fine", await Call(pipeline));
        Assert.Equal(BreakerState.HalfOpen, world.State);
        Assert.Equal("fine", await Call(pipeline));
        Assert.Equal(BreakerState.Closed, world.State);
    }

    private static FluxgateBreakerSettings Settings(Tripper tripper) =>
        new()
        {
            Tripper = tripper,
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(2),
        };

    private static ResiliencePipelineBuilder<string> Over(World world, Tracker<string>? tracker = null) =>
        new ResiliencePipelineBuilder<string> { TimeProvider = world.Time }.AddFluxgateBreaker(
            new FluxgateBreakerOptions<string> { Breaker = world.Breaker, Tracker = tracker }
        );

    private static async Task<string> Call(ResiliencePipeline<string> pipeline) =>
        await pipeline.ExecuteAsync(_ => new ValueTask<string>("fine"));
}
