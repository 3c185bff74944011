using System.Net;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>The pipeline of section 2 of the design, on a virtual clock and with a listener of these tests.</summary>
public sealed class DesignExample
{
    private readonly VirtualTime _time = new();
    private readonly List<Signal> _signals = [];
    private readonly Queue<HttpStatusCode> _answers = new();
    private int _sent;

    [Fact]
    public async Task The_circuit_opens_on_a_streak_backs_off_ramps_up_and_closes()
    {
        var (payments, pipeline) = Build();

        // Three retries after the first response, all counted; the first attempt of the next call completes the streak of five.
        Answer(HttpStatusCode.BadGateway, times: 5);
        Assert.Equal(HttpStatusCode.BadGateway, (await Send(pipeline)).StatusCode);
        Assert.Equal((4, BreakerState.Closed), (_sent, payments.State));
        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(() => Send(pipeline));
        Assert.Equal(("FailureStreak 5 >= 5", 5), (rejection.Reason.Text, _sent));
        Assert.Equal(BreakerState.Open, payments.State);
        Assert.InRange(_signals[0].BreakFor!.Value, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(11));

        // After the break the first call probes; when it fails often enough, the next break is twice as long.
        _time.Advance(TimeSpan.FromSeconds(11));
        payments.Probe();
        for (var probe = 0; probe < 5 && payments.State == BreakerState.HalfOpen; probe++)
        {
            _time.Advance(TimeSpan.FromSeconds(60));
            Answer(HttpStatusCode.BadGateway, times: 4);
            _ = await Record.ExceptionAsync(() => Send(pipeline));
        }

        Assert.Equal((BreakerState.Open, 1), (payments.State, payments.Snapshot().Reopens));
        Assert.InRange(_signals[^1].BreakFor!.Value, TimeSpan.FromSeconds(18), TimeSpan.FromSeconds(22));

        // After the ramp every call probes, and ten successes close the circuit.
        payments.Probe();
        _time.Advance(TimeSpan.FromSeconds(60));
        _answers.Clear();
        for (var probe = 0; probe < 10; probe++)
        {
            Assert.Equal(BreakerState.HalfOpen, payments.State);
            Answer(HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.OK, (await Send(pipeline)).StatusCode);
        }

        Assert.Equal(BreakerState.Closed, payments.State);
    }

    [Fact]
    public async Task A_timeout_is_a_failure()
    {
        var (payments, pipeline) = Build();
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => Drive(pipeline, Hangs));
        Assert.Equal(4, payments.Snapshot().Failures);
    }

    [Fact]
    public async Task A_status_below_500_and_an_untracked_exception_are_successes()
    {
        var (payments, pipeline) = Build();
        Answer(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NotFound, (await Send(pipeline)).StatusCode);
        await Assert.ThrowsAsync<ArithmeticException>(async () =>
            await pipeline.ExecuteAsync<HttpResponseMessage>(_ => throw new ArithmeticException())
        );
        Assert.Equal((2, 0), (payments.Snapshot().Successes, payments.Snapshot().Failures));
    }

    private (FluxgateBreaker, ResiliencePipeline<HttpResponseMessage>) Build()
    {
        var payments = new FluxgateBreaker(
            "payments",
            new FluxgateBreakerSettings
            {
                Window = Window.Time(TimeSpan.FromSeconds(60)),
                Tripper =
                    Tripper.FailureStreak(5)
                    | (Tripper.MinRequests(20) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.3, TimeSpan.FromSeconds(1)))),
                BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(10), multiplier: 2, max: TimeSpan.FromMinutes(10), jitter: 0.1),
                Permit = Permit.RampUp(0.1, 1.0, TimeSpan.FromSeconds(60)),
                Listeners = { _signals.Add },
            },
            _time
        );

        var failures =
            Tracker.TypeOf<HttpRequestException>()
            | Tracker.TypeOf<TimeoutRejectedException>()
            | Tracker.Result<HttpResponseMessage>(r => (int)r.StatusCode >= 500);

        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _time }
            .AddRetry(new() { MaxRetryAttempts = 3, ShouldHandle = failures }) // does not handle CallNotPermittedException
            .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = payments, Tracker = failures })
            .AddTimeout(TimeSpan.FromSeconds(2))
            .Build();
        return (payments, pipeline);
    }

    private void Answer(HttpStatusCode status, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _answers.Enqueue(status);
        }
    }

    private Task<HttpResponseMessage> Send(ResiliencePipeline<HttpResponseMessage> pipeline) =>
        Drive(
            pipeline,
            _ =>
            {
                _sent++;
                return new(new HttpResponseMessage(_answers.Dequeue()));
            }
        );

    /// <summary>Runs one call and advances the clock through the delays of the retry and the timeouts.</summary>
    private Task<HttpResponseMessage> Drive(
        ResiliencePipeline<HttpResponseMessage> pipeline,
        Func<CancellationToken, ValueTask<HttpResponseMessage>> callback
    )
    {
        // Without a context, continuations run within Advance and have set their next timer when it returns.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var call = pipeline.ExecuteAsync(callback).AsTask();
            for (var second = 0; second < 60 && !call.IsCompleted; second++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.True(call.IsCompleted);
            return call;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static async ValueTask<HttpResponseMessage> Hangs(CancellationToken cancellationToken)
    {
        var hung = new TaskCompletionSource<HttpResponseMessage>();
        await using var registration = cancellationToken.Register(() => hung.TrySetCanceled(cancellationToken));
        return await hung.Task;
    }
}
