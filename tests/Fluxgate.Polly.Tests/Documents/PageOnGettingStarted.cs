using System.Globalization;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>The code of docs/getting-started.md.</summary>
// Shares the process-wide page with other tests, which shows only the newest circuit of a name.
[Collection("page of the process")]
public sealed class PageOnGettingStarted
{
    [Fact]
    public async Task An_open_pipeline_rejects_without_a_retry()
    {
        // csharpier-ignore-start
        #region docs/getting-started.md: A complete pipeline
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
    public void A_rejection_states_the_reason_and_when_to_retry()
    {
        using var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) }, new VirtualTime());
        breaker.Settle(breaker.Admit(), Verdict.Failure);
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var pay = static () => { };

        #region docs/getting-started.md: Rejected calls
        try
        {
            pipeline.Execute(pay);
        }
        catch (CallNotPermittedException rejected)
        {
            output.WriteLine($"{rejected.CircuitName} is {rejected.State}: {rejected.Reason}; retry after {rejected.RetryAfter}");
        }
        #endregion

        Assert.Equal("payments is Open: FailureStreak 1 >= 1; retry after 00:01:00\n", output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_call_without_a_pipeline_is_counted()
    {
        using var breaker = new FluxgateBreaker("payments");
        var calls = 0;

        #region docs/getting-started.md: Calls without a pipeline
        if (breaker.TryAdmit(out var admission))
        {
            using (admission) // an admission that is disposed before it settles is ignored
            {
                Pay();
                breaker.Settle(admission, Verdict.Success);
            }
        }
        #endregion

        Assert.Equal((1, 1), (calls, breaker.Snapshot().Successes));
        void Pay() => calls++;
    }
}
