using Polly;

namespace Fluxgate;

/// <summary>The code of docs/migrating.md on the parts of the Python fluxgate.</summary>
public sealed class PythonPartsMigration
{
    [Fact]
    public void Windows_correspond()
    {
        #region docs/migrating.md: Windows
        var lastCalls = Window.Count(100); // CountWindow(100)
        var lastSeconds = Window.Time(TimeSpan.FromSeconds(60), buckets: 60); // TimeWindow(60), which has a bucket a second
        #endregion

        Assert.Equal(("Count(100)", "Time(1m, 60)"), (lastCalls.ToString(), lastSeconds.ToString()));
    }

    [Fact]
    public void Trackers_correspond()
    {
        #region docs/migrating.md: Trackers
        var all = Tracker.All; // All()
        var ofTypes = Tracker.TypeOf<HttpRequestException>() | Tracker.TypeOf<TimeoutException>(); // TypeOf(ConnectionError, TimeoutError)
        var custom = Tracker.When(error => error.Message.Contains("quota", StringComparison.Ordinal)); // Custom(is_quota_error)
        var combined = all & !(ofTypes | custom); // All() & ~(TypeOf(…) | Custom(…))
        #endregion

        Assert.False(combined.Matches(new TimeoutException()));
        Assert.False(combined.Matches(new InvalidOperationException("no quota left")));
        Assert.True(combined.Matches(new InvalidOperationException("other")));
    }

    [Fact]
    public void Exceptions_that_are_not_tracked_are_ignored()
    {
        var world = new World();
        var breaker = world.Breaker;

        #region docs/migrating.md: Exceptions that are not tracked
        var failures = Tracker.TypeOf<HttpRequestException>();
        var options = new FluxgateBreakerOptions<string>
        {
            Breaker = breaker,
            Tracker = failures,
            ShouldIgnore = (!failures).For<string>(),
        };
        #endregion

        var pipeline = new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options).Build();
        Assert.Throws<ArgumentException>(() => pipeline.Execute<string>(() => throw new ArgumentException("not the dependency's fault")));
        Assert.Throws<HttpRequestException>(() => pipeline.Execute<string>(() => throw new HttpRequestException()));
        Assert.Equal((1, 1, 0), (world.Now.Ignored, world.Now.Failures, world.Now.Successes));
    }

    [Fact]
    public void Trippers_correspond()
    {
        #region docs/migrating.md: Trippers
        var tripper =
            Tripper.FailureStreak(5) // FailureStreak(5)
            | (
                Tripper.MinRequests(20) // MinRequests(20)
                & (
                    (Tripper.Closed & Tripper.FailureRate(0.6)) // Closed() & FailureRate(0.6)
                    | (Tripper.HalfOpened & Tripper.FailureRate(0.5)) // HalfOpened() & FailureRate(0.5)
                    | Tripper.SlowRate(0.3, TimeSpan.FromSeconds(1)) // SlowRate(0.3, threshold=1.0)
                    | Tripper.AvgLatency(TimeSpan.FromSeconds(2)) // AvgLatency(2.0)
                )
            );
        #endregion

        Assert.Equal(
            "FailureStreak(5) | MinRequests(20) & (Closed & FailureRate(60%) | HalfOpened & FailureRate(50%) | SlowRate(30%, 1s) | AvgLatency(2s))",
            tripper.ToString()
        );
    }

    [Fact]
    public void Retries_are_break_durations()
    {
        #region docs/migrating.md: Retries
        var always = BreakDuration.None; // Always()
        var never = BreakDuration.UntilReset; // Never()
        var cooldown = BreakDuration.Fixed(TimeSpan.FromSeconds(60), jitter: 0.1); // Cooldown(60.0, jitter_ratio=0.1)
        var backoff = BreakDuration.Backoff(TimeSpan.FromSeconds(10), max: TimeSpan.FromSeconds(300)); // Backoff(10.0)
        #endregion

        Assert.Equal(
            ["None", "UntilReset", "Fixed(1m, jitter 10%)", "Backoff(10s, x2, max 5m)"],
            ((BreakDuration[])[always, never, cooldown, backoff]).Select(part => part.ToString())
        );
    }

    [Fact]
    public void Permits_correspond()
    {
        #region docs/migrating.md: Permits
        var all = Permit.All; // All()
        var random = Permit.Random(0.5); // Random(0.5)
        var rampUp = Permit.RampUp(0.1, 0.8, TimeSpan.FromSeconds(60)); // RampUp(0.1, 0.8, 60.0)
        var bounded = rampUp & Permit.MaxConcurrent(5); // AsyncCircuitBreaker(permit=RampUp(0.1, 0.8, 60.0), max_half_open_calls=5)
        #endregion

        Assert.Equal(
            ["All", "Random(50%)", "RampUp(10% -> 80%, 1m)", "RampUp(10% -> 80%, 1m) & MaxConcurrent(5)"],
            ((Permit[])[all, random, rampUp, bounded]).Select(part => part.ToString())
        );
    }

    [Fact]
    public void WhenQuiet_is_the_recovery_of_Python()
    {
        #region docs/migrating.md: Recovery
        var settings = new FluxgateBreakerSettings { Permit = Permit.All, Recovery = Recovery.WhenQuiet };
        #endregion

        var world = new World(settings);
        world.Breaker.Probe();
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_slow_threshold_is_part_of_its_rule()
    {
        #region docs/migrating.md: slow_threshold
        var slow = Tripper.MinRequests(2) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(3)); // slow_threshold=3.0 with SlowRate(0.5)
        #endregion

        var world = new World(new() { Tripper = slow });
        world.Take(TimeSpan.FromSeconds(1));
        world.Take(TimeSpan.FromSeconds(3));
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public async Task Listeners_correspond()
    {
        using var log = new StringWriter();
        var posted = new List<string>();
        ValueTask PostToChatAsync(string text, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            posted.Add(text);
            return default;
        }

        #region docs/migrating.md: Listeners
        var settings = new FluxgateBreakerSettings
        {
            Listeners =
            {
                signal => log.WriteLine(signal), // LogListener(name="payments")
                (signal, cancellationToken) => PostToChatAsync(signal.ToString(), cancellationToken), // AsyncSlackListener(…)
            },
        };
        #endregion

        var world = new World(settings);
        world.Breaker.Trip("a drill");
        await world.Breaker.DisposeAsync();
        Assert.Equal("payments: closed -> open (a drill)", log.ToString().TrimEnd());
        Assert.Equal(["payments: closed -> open (a drill)"], posted);
    }
}
