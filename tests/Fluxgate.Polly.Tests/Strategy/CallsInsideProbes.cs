using Polly;

namespace Fluxgate;

/// <summary>Checks one breaker twice in one call: nested pipelines, or two handlers that use one breaker.</summary>
public sealed class CallsInsideProbes
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("MaxConcurrent(1)")]
    [InlineData("All")]
    [InlineData("RampUp(10% -> 100%, 60s)")]
    public async Task A_circuit_closes_when_the_dependency_is_healthy(string permit)
    {
        var world = Opened(permit);
        var calls = 0;
        for (; world.State != BreakerState.Closed && calls < 1_000; calls++)
        {
            await Nested(world).Outcome(_ => new(Outcome.FromResult(1)));
            world.Wait(1);
        }

        Assert.Equal(BreakerState.Closed, world.State);
        Assert.InRange(calls, 1, 200);
    }

    [Fact]
    public async Task A_call_inside_a_probe_counts_in_totals_and_decides_nothing()
    {
        var world = Opened("MaxConcurrent(1)", Recovery.AfterProbes(5));
        var before = world.Now;
        await Nested(world).Returns(1);

        var now = world.Now;
        Assert.Equal((2, 0), (now.Successes - before.Successes, now.InFlight));
        Assert.Equal((1, 0), (now.WindowRequests, now.HalfOpenInFlight));
        Assert.Equal(BreakerState.HalfOpen, now.State);
    }

    [Fact]
    public void Work_that_begins_after_its_probe_has_settled_does_not_keep_the_probe()
    {
        var world = Opened("MaxConcurrent(1)", Recovery.AfterProbes(5));
        var probe = world.Begin();
        probe.Settle(Verdict.Success);

        Assert.Null(probe.Run(static machine => ProbeScope.Of(machine), world.Breaker.Machine));
    }

    [Fact]
    public async Task A_failure_inside_a_probe_decides_only_as_the_failure_of_the_probe()
    {
        var world = Opened("MaxConcurrent(1)", tripper: Tripper.FailureStreak(2));
        var before = world.Now;
        await Nested(world).Throws(new HttpRequestException());

        Assert.Equal((2, 1, BreakerState.HalfOpen), (world.Now.Failures - before.Failures, world.Now.WindowFailures, world.State));
    }

    [Fact]
    public async Task A_probe_admits_ten_calls_inside_and_rejects_the_others()
    {
        var world = Opened("MaxConcurrent(1)", Recovery.AfterProbes(5));
        var inner = world.Pipeline<int>();
        var outcomes = new List<Outcome<int>>();
        await world
            .Pipeline<int>()
            .Outcome(async _ =>
            {
                for (var call = 0; call < 12; call++)
                {
                    outcomes.Add(await inner.Outcome(_ => new(Outcome.FromResult(1))));
                }

                return outcomes[^1];
            });

        Assert.Equal(10, outcomes.Count(outcome => outcome.Exception is null));
        Assert.All(outcomes.Skip(10), outcome => Assert.IsType<CallNotPermittedException>(outcome.Exception));

        // The outer call ends with the rejection of its own breaker, which says nothing about the dependency.
        Assert.Equal((1, BreakerState.HalfOpen), (world.Now.Ignored, world.State));
    }

    [Fact]
    public async Task Work_that_outlives_the_probe_is_like_any_other_call()
    {
        var world = Opened("MaxConcurrent(1)", Recovery.AfterProbes(5));
        var go = new TaskCompletionSource();
        var inner = world.Pipeline<int>();
        Task<Outcome<int>> background = null!;
        await world
            .Pipeline<int>()
            .Outcome(_ =>
            {
                background = Later();
                return new(Outcome.FromResult(1));
            });
        world.Begin();
        go.SetResult();

        Assert.IsType<CallNotPermittedException>((await background).Exception);

        async Task<Outcome<int>> Later()
        {
            await go.Task;
            return await inner.Outcome(_ => new(Outcome.FromResult(1)));
        }
    }

    [Fact]
    public async Task After_the_lease_of_the_probe_a_call_inside_is_like_any_other()
    {
        var world = Opened("MaxConcurrent(1)", tripper: Tripper.FailureStreak(1));
        var inner = world.Pipeline<int>();
        var inside = default(Outcome<int>);
        await world
            .Pipeline<int>()
            .Outcome(async _ =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(30));
                inside = await inner.Outcome(_ => new(Outcome.FromResult(1)));
                return inside;
            });

        Assert.IsType<CallNotPermittedException>(inside.Exception);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public async Task The_caller_of_a_probe_is_not_inside_of_it()
    {
        var world = Opened("MaxConcurrent(1)", Recovery.AfterProbes(5));
        var hanging = new TaskCompletionSource<Outcome<int>>();
        var probe = world.Pipeline<int>().Outcome(_ => new(hanging.Task));

        Assert.IsType<CallNotPermittedException>((await world.Pipeline<int>().Outcome(_ => new(Outcome.FromResult(1)))).Exception);

        hanging.SetResult(Outcome.FromResult(1));
        await probe;
    }

    [Fact]
    public async Task Probes_of_two_breakers_around_each_other_each_admit_their_calls()
    {
        var (one, other) = (Opened("MaxConcurrent(1)", Recovery.AfterProbes(5)), Opened("MaxConcurrent(1)", Recovery.AfterProbes(5)));
        var pipeline = new ResiliencePipelineBuilder<int>()
            .AddPipeline(one.Pipeline<int>())
            .AddPipeline(other.Pipeline<int>())
            .AddPipeline(one.Pipeline<int>())
            .AddPipeline(other.Pipeline<int>())
            .Build();

        var outcome = await pipeline.Outcome(_ => new(Outcome.FromResult(1)));

        Assert.Null(outcome.Exception);
        Assert.Equal((1, 1), (one.Now.WindowRequests, other.Now.WindowRequests));
    }

    [Fact]
    public async Task A_context_carries_the_probe_where_the_execution_context_does_not_flow()
    {
        var world = Opened("MaxConcurrent(1)", Recovery.AfterProbes(5));
        var inner = world.Pipeline<int>();
        var outcome = await world
            .Pipeline<int>()
            .Outcome(async context =>
            {
                Task<Outcome<int>> elsewhere;
                using (ExecutionContext.SuppressFlow())
                {
                    elsewhere = Task.Run(() =>
                        inner.ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<int>>(Outcome.FromResult(1)), context, 0).AsTask()
                    );
                }

                return await elsewhere;
            });

        Assert.Null(outcome.Exception);
        Assert.Equal(1, world.Now.WindowRequests);
    }

    [Fact]
    public async Task While_closed_both_calls_count()
    {
        var world = new World();
        await Nested(world).Returns(1);

        Assert.Equal((2, 2), (world.Now.Successes, world.Now.WindowRequests));
    }

    [Fact]
    public void An_admission_inside_a_probe_belongs_to_it()
    {
        var world = Opened("MaxConcurrent(1)", Recovery.AfterProbes(5));
        world.Pipeline().Execute(() => world.Begin().Settle(Verdict.Failure));

        Assert.Equal((1, 0, BreakerState.HalfOpen), (world.Now.WindowRequests, world.Now.WindowFailures, world.State));
    }

    private static World Opened(string permit, Recovery? recovery = null, Tripper? tripper = null)
    {
        var settings = new FluxgateBreakerSettings { Permit = Permit.Parse(permit), BreakDuration = BreakDuration.Fixed(Break) };
        settings.Recovery = recovery ?? settings.Recovery;
        settings.Tripper = tripper ?? settings.Tripper;
        var world = new World(settings);
        world.Breaker.Trip();
        world.Time.Advance(Break);
        return world;
    }

    private static ResiliencePipeline<int> Nested(World world) =>
        new ResiliencePipelineBuilder<int>().AddPipeline(world.Pipeline<int>()).AddPipeline(world.Pipeline<int>()).Build();
}
