using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Code that the README shows.</summary>
// Both show circuits of one name on the page of the process, where only the newest is seen.
[Collection("page of the process")]
public sealed class ReadmeBlocks
{
    [Fact]
    public async Task The_first_pipeline_rejects_without_retrying()
    {
        // csharpier-ignore-start
        #region README.md: Fluxgate.Polly
        var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings
        {
            Window        = Window.Time(TimeSpan.FromSeconds(60)),
            Tripper       = Tripper.FailureStreak(5) | (Tripper.MinRequests(20) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.3, TimeSpan.FromSeconds(1)))),
            BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(10), multiplier: 2, max: TimeSpan.FromMinutes(10), jitter: 0.1),
            Permit        = Permit.RampUp(0.1, 1.0, TimeSpan.FromSeconds(60)),
            Listeners     = { new PrometheusListener() },
        });

        var failures = Tracker.TypeOf<HttpRequestException>() | Tracker.TypeOf<TimeoutRejectedException>()
                     | Tracker.Result<HttpResponseMessage>(r => (int)r.StatusCode >= 500);

        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new() { MaxRetryAttempts = 3, ShouldHandle = failures })      // does not handle CallNotPermittedException
            .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = payments, Tracker = failures })
            .AddTimeout(TimeSpan.FromSeconds(2))
            .Build();
        #endregion
        // csharpier-ignore-end

        payments.Trip();
        await Assert.ThrowsAsync<CallNotPermittedException>(() =>
            pipeline
                .ExecuteAsync(static _ => new ValueTask<HttpResponseMessage>(new HttpResponseMessage()), CancellationToken.None)
                .AsTask()
        );
        Assert.Equal(1, payments.Snapshot().Rejected);
        payments.Dispose();
    }

    [Fact]
    public void A_tripper_of_ones_own_opens_the_circuit()
    {
        var world = new World(new() { Tripper = new FailuresAtLeast(2) });
        world.Fail();
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
        Assert.Equal("FailuresAtLeast(2)", world.Now.Reason.Text);
    }

    [Fact]
    public void The_rules_as_text_read_back_as_they_are_written()
    {
        // csharpier-ignore-start
        #region README.md: Rules as text
        var settings = new FluxgateBreakerSettings
        {
            Window        = Window.Parse("Time(60s)"),
            Tripper       = Tripper.Parse("FailureStreak(5) | (MinRequests(20) & (FailureRate(50%) | SlowRate(30%, 1s)))"),
            BreakDuration = BreakDuration.Parse("Backoff(10s, x2, max 10m, jitter 10%)"),
            Permit        = Permit.Parse("RampUp(10% -> 100%, 60s) & MaxConcurrent(5)"),
            Recovery      = Recovery.Parse("AfterProbes(10)"),
        };
        #endregion
        // csharpier-ignore-end

        Assert.Equal("FailureStreak(5) | MinRequests(20) & (FailureRate(50%) | SlowRate(30%, 1s))", settings.Tripper.ToString());
        var world = new World(settings);
        world.Fail(5);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void A_live_breaker_is_reconfigured()
    {
        using var breaker = new FluxgateBreaker("payments");
        #region README.md: Changing a live breaker
        var settings = breaker.CopySettings();
        settings.Tripper = Tripper.FailureStreak(3);
        var changes = breaker.Reconfigure(settings);
        #endregion

        Assert.Equal(["Tripper: MinRequests(100) & FailureRate(50%) -> FailureStreak(3)"], changes);
    }

    [Fact]
    public async Task A_server_says_when_to_come_back()
    {
        using var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) }, new VirtualTime());
        // csharpier-ignore-start
        #region README.md: A server that says when to come back
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage>
            {
                Breaker           = breaker,
                Tracker           = HttpTracker.TransientErrors,
                BreakDurationHint = HttpBreak.RetryAfter,
            })
            .Build();
        #endregion
        // csharpier-ignore-end

        using var response = await pipeline.ExecuteAsync(
            static _ =>
            {
                var busy = new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable);
                busy.Headers.RetryAfter = new(TimeSpan.FromSeconds(90));
                return new ValueTask<HttpResponseMessage>(busy);
            },
            CancellationToken.None
        );
        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal(TimeSpan.FromSeconds(90), breaker.Snapshot().RetryAfter);
    }

    [Fact]
    public void Listeners_hear_and_the_snapshot_tells()
    {
        // csharpier-ignore-start
        #region README.md: Listening and looking
        var breaker = new FluxgateBreaker("payments", new()
        {
            Listeners =
            {
                new PrometheusListener(),
                signal => Console.WriteLine(signal),
                async (signal, cancellationToken) => await PostToChatAsync(signal, cancellationToken),
            },
        });

        var now = breaker.Snapshot();   // state, reason, totals, window, probes: one consistent moment
        #endregion
        // csharpier-ignore-end

        Assert.Equal(BreakerState.Closed, now.State);
        breaker.Dispose();
    }

    private static Task PostToChatAsync(Signal signal, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.FromResult(signal);

    // csharpier-ignore-start
#pragma warning disable IDE0040
    #region README.md: Your own
    sealed class FailuresAtLeast(int number) : Tripper
    {
        public override bool Fires(in TripperContext reading) => reading.Failures >= number;
        public override string ToString() => $"FailuresAtLeast({number})";
    }
    #endregion
#pragma warning restore IDE0040
    // csharpier-ignore-end
}
