using Polly;
using Polly.Fallback;

namespace Fluxgate;

/// <summary>The code of docs/migrating.md on the breaker of the Python fluxgate: creation, calls, state.</summary>
public sealed class PythonBreakerMigration
{
    [Fact]
    public async Task A_complete_breaker_is_translated()
    {
        static ValueTask<string> ChargeAsync(CancellationToken cancellationToken) => new("charged");

        #region docs/migrating.md: Complete breaker
        var failures = Tracker.TypeOf<HttpRequestException>() | Tracker.TypeOf<TimeoutException>();
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Window = Window.Time(TimeSpan.FromSeconds(60), buckets: 60),
                Tripper = Tripper.FailureStreak(5) | (Tripper.MinRequests(20) & Tripper.FailureRate(0.5)),
                BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(10), max: TimeSpan.FromSeconds(300), jitter: 0.1),
                Permit = Permit.RampUp(0.1, 1.0, TimeSpan.FromSeconds(60)),
                Recovery = Recovery.WhenQuiet,
            }
        );
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddFluxgateBreaker(new FluxgateBreakerOptions<string> { Breaker = breaker, Tracker = failures })
            .Build();
        var answer = await pipeline.ExecuteAsync(ChargeAsync); // @cb, or cb.call(charge)
        #endregion

        Assert.Equal(("charged", 1), (answer, breaker.Snapshot().Successes));
    }

    [Fact]
    public async Task A_fallback_is_a_strategy()
    {
        var breaker = new World().Breaker;
        breaker.ForceOpen();

        #region docs/migrating.md: Fallbacks
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddFallback(
                new FallbackStrategyOptions<string>
                {
                    ShouldHandle = Tracker.All.For<string>(),
                    FallbackAction = _ => Outcome.FromResultAsValueTask("from the cache"),
                }
            )
            .AddFluxgateBreaker(breaker)
            .Build();
        #endregion

        Assert.Equal("from the cache", await pipeline.ExecuteAsync(_ => new ValueTask<string>("fresh")));
    }

    [Fact]
    public async Task CallNotPermittedException_describes_the_rejection()
    {
        var breaker = new World().Breaker;
        breaker.Trip();
        var pipeline = new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(breaker).Build();
        string answer;

        #region docs/migrating.md: CallNotPermittedError
        try
        {
            answer = await pipeline.ExecuteAsync(_ => new ValueTask<string>("fresh"));
        }
        catch (CallNotPermittedException rejection)
        {
            answer = $"{rejection.CircuitName} is {rejection.State}, try again in {rejection.RetryAfter?.TotalSeconds} s";
        }
        #endregion

        Assert.Equal("payments is Open, try again in 60 s", answer);
    }

    [Fact]
    public void Snapshot_contains_what_info_contains()
    {
        var world = new World();
        var breaker = world.Breaker;
        world.Fail();

        #region docs/migrating.md: info
        var now = breaker.Snapshot(); // cb.info()
        var (state, changedAt, reopens) = (now.State, now.EnteredAt, now.Reopens);
        var (calls, failures, rate) = (now.WindowRequests, now.WindowFailures, now.FailureRate); // info.metrics
        #endregion

        Assert.Equal((BreakerState.Closed, world.Time.GetUtcNow(), 0), (state, changedAt, reopens));
        Assert.Equal((1, 1, 1.0), (calls, failures, rate));
    }

    [Fact]
    public void Manual_calls_correspond()
    {
        var world = new World();
        var breaker = world.Breaker;

        #region docs/migrating.md: Manual calls
        breaker.Disable("load test"); // cb.disable()
        breaker.MetricsOnly(); // cb.metrics_only()
        breaker.ForceOpen("deployment"); // cb.force_open()
        breaker.Reset("deployment is over"); // cb.reset()
        #endregion

        Assert.Equal(
            [BreakerState.Disabled, BreakerState.MetricsOnly, BreakerState.ForcedOpen, BreakerState.Closed],
            world.Signals.Select(signal => signal.NewState)
        );
    }
}
