using System.Net;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>The code of docs/migrating.md on when Polly's breaker opens, and for how long.</summary>
public sealed class PollyRuleMigration
{
    [Fact]
    public async Task Both_configurations_behave_the_same()
    {
        var failures = new PredicateBuilder<HttpResponseMessage>().HandleResult(response => (int)response.StatusCode >= 500);

        #region docs/migrating.md: Complete example
        var before = new ResiliencePipelineBuilder<HttpResponseMessage>().AddCircuitBreaker(
            new()
            {
                Name = "payments",
                FailureRatio = 0.1,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(5),
                ShouldHandle = failures,
                OnOpened = _ => default,
            }
        );

        var after = new ResiliencePipelineBuilder<HttpResponseMessage>().AddFluxgateBreaker(
            new()
            {
                CircuitName = "payments",
                Settings = new()
                {
                    Tripper = Tripper.MinRequests(20) & Tripper.FailureRate(0.1),
                    Window = Window.Time(TimeSpan.FromSeconds(30)),
                    BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)),
                    Permit = Permit.MaxConcurrent(1),
                    Recovery = Recovery.AfterProbes(1),
                    Listeners = { signal => { } },
                },
                ShouldHandle = failures,
            }
        );
        #endregion

        foreach (var builder in new[] { before, after })
        {
            var time = new VirtualTime();
            builder.TimeProvider = time;
            var pipeline = builder.Build();
            Assert.Equal((19, false), (await AnsweredAsync(pipeline, 503, 19), await IsBrokenAsync(pipeline, 503)));
            Assert.True(await IsBrokenAsync(pipeline, 200));
            time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal((50, false), (await AnsweredAsync(pipeline, 200, 50), await IsBrokenAsync(pipeline, 200)));
        }
    }

    [Fact]
    public void FailureRatio_is_a_failure_rate()
    {
        #region docs/migrating.md: FailureRatio
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.MinRequests(100) & Tripper.FailureRate(0.1) };
        #endregion

        var world = new World(settings);
        world.Fail(9);
        world.Succeed(90);
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void MinimumThroughput_is_a_minimum_of_requests()
    {
        #region docs/migrating.md: MinimumThroughput
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.MinRequests(20) & Tripper.FailureRate(0.1) };
        #endregion

        var world = new World(settings);
        world.Fail(19);
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void SamplingDuration_is_a_time_window()
    {
        #region docs/migrating.md: SamplingDuration
        var settings = new FluxgateBreakerSettings
        {
            Window = Window.Time(TimeSpan.FromSeconds(30)),
            Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(0.1),
        };
        #endregion

        var world = new World(settings);
        world.Fail();
        world.Wait(30);
        world.Fail();
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void BreakDuration_is_a_fixed_duration()
    {
        #region docs/migrating.md: BreakDuration
        var settings = new FluxgateBreakerSettings { BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)) };
        #endregion

        Assert.Equal(TimeSpan.FromSeconds(5), new World(settings).Breaker.Trip()?.BreakFor);
    }

    [Fact]
    public void BreakDurationGenerator_is_a_backoff_or_a_custom_class()
    {
        #region docs/migrating.md: BreakDurationGenerator
        var growing = BreakDuration.Backoff(TimeSpan.FromSeconds(5), multiplier: 2, max: TimeSpan.FromMinutes(5));
        var own = new QuadraticBreak(TimeSpan.FromSeconds(5));
        #endregion

        Assert.Equal([5, 10, 20], Enumerable.Range(0, 3).Select(reopens => growing.Next(new(reopens)).TotalSeconds));
        Assert.Equal([5, 20, 45], Enumerable.Range(0, 3).Select(reopens => own.Next(new(reopens)).TotalSeconds));
    }

    #region docs/migrating.md: BreakDurationGenerator
    public sealed class QuadraticBreak(TimeSpan first) : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => first * Math.Pow(context.Reopens + 1, 2);
    }
    #endregion

    [Fact]
    public async Task A_generator_that_reads_the_outcome_is_a_hint()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        var breaker = world.Breaker;

        #region docs/migrating.md: Break durations by outcome
        var options = new FluxgateBreakerOptions<HttpResponseMessage>
        {
            Breaker = breaker,
            Tracker = HttpTracker.TransientErrors,
            BreakDurationHint = HttpBreak.RetryAfter,
        };
        #endregion

        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddFluxgateBreaker(options).Build();
        using var busy = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", "17" } } };
        await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(busy));
        Assert.Equal(TimeSpan.FromSeconds(17), world.Signals.Single().BreakFor);
    }

    [Fact]
    public void One_probe_at_a_time_with_recovery_after_one_is_Pollys_half_open()
    {
        #region docs/migrating.md: Half-open as in Polly
        var settings = new FluxgateBreakerSettings { Permit = Permit.MaxConcurrent(1), Recovery = Recovery.AfterProbes(1) };
        #endregion

        var world = new World(settings);
        world.Breaker.Trip();
        world.Wait(60);
        var probe = world.Begin();
        world.Rejects();
        probe.Settle(Verdict.Failure);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(60);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    private static async Task<int> AnsweredAsync(ResiliencePipeline<HttpResponseMessage> pipeline, int status, int calls)
    {
        var answered = 0;
        for (var call = 0; call < calls; call++)
        {
            answered += await IsBrokenAsync(pipeline, status) ? 0 : 1;
        }

        return answered;
    }

    private static async Task<bool> IsBrokenAsync(ResiliencePipeline<HttpResponseMessage> pipeline, int status)
    {
        try
        {
            using var response = await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(
                new HttpResponseMessage((HttpStatusCode)status)
            ));
            return false;
        }
        catch (BrokenCircuitException)
        {
            return true;
        }
    }
}
