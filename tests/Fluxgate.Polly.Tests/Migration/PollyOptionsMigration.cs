using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Fluxgate;

/// <summary>The code of docs/migrating.md on the other options of Polly's breaker: predicates, callbacks, controls, names and exceptions.</summary>
public sealed class PollyOptionsMigration
{
    [Fact]
    public async Task ShouldHandle_is_kept_or_becomes_a_tracker()
    {
        #region docs/migrating.md: ShouldHandle
        var asInPolly = new FluxgateBreakerOptions<HttpResponseMessage>
        {
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .HandleResult(response => (int)response.StatusCode >= 500),
        };
        var composed = new FluxgateBreakerOptions<HttpResponseMessage>
        {
            Tracker =
                Tracker.TypeOf<HttpRequestException>() | Tracker.Result<HttpResponseMessage>(response => (int)response.StatusCode >= 500),
        };
        #endregion

        foreach (var options in (FluxgateBreakerOptions<HttpResponseMessage>[])[asInPolly, composed])
        {
            var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
            options.Breaker = world.Breaker;
            var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddFluxgateBreaker(options).Build();
            using var notFound = new HttpResponseMessage(HttpStatusCode.NotFound);
            using var broken = new HttpResponseMessage(HttpStatusCode.BadGateway);
            await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(notFound));
            Assert.Equal(BreakerState.Closed, world.State);
            await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(broken));
            Assert.Equal(BreakerState.Open, world.State);
        }
    }

    [Fact]
    public async Task A_tracker_is_the_ShouldHandle_of_a_retry()
    {
        #region docs/migrating.md: ShouldHandle
        var timeouts = Tracker.TypeOf<TimeoutException>();
        var retry = new RetryStrategyOptions { ShouldHandle = timeouts };
        var retryOfAnswers = new RetryStrategyOptions<HttpResponseMessage> { ShouldHandle = timeouts.For<HttpResponseMessage>() };
        #endregion

        var context = ResilienceContextPool.Shared.Get();
        Assert.True(await retry.ShouldHandle(new(context, Outcome.FromException<object>(new TimeoutException()), 0)));
        Assert.False(await retry.ShouldHandle(new(context, Outcome.FromException<object>(new IOException()), 0)));
        Assert.True(await retryOfAnswers.ShouldHandle(new(context, Outcome.FromException<HttpResponseMessage>(new TimeoutException()), 0)));
        ResilienceContextPool.Shared.Return(context);
    }

    [Fact]
    public void StateProvider_is_the_breaker_itself()
    {
        #region docs/migrating.md: StateProvider
        var breaker = new FluxgateBreaker("payments");
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();

        var state = breaker.State; // Closed
        var now = breaker.Snapshot(); // the state with its reason, the totals, the window and the probes, all of one moment
        #endregion

        pipeline.Execute(() => { });
        Assert.Equal((BreakerState.Closed, BreakerState.Closed, 1), (state, now.State, breaker.Snapshot().Requests));
    }

    [Fact]
    public void ManualControl_is_the_breaker_itself()
    {
        var states = new List<BreakerState>();

        #region docs/migrating.md: ManualControl
        var breaker = new FluxgateBreaker("payments", new() { InitialState = BreakerState.ForcedOpen }); // isIsolated: true
        breaker.Reset("the provider is back"); // CloseAsync
        breaker.ForceOpen("the provider announced maintenance"); // IsolateAsync
        #endregion

        states.Add(breaker.State);
        Assert.Equal(2, breaker.Snapshot().SignalCount);
        Assert.Equal([BreakerState.ForcedOpen], states);
    }

    [Fact]
    public void Callbacks_are_listeners()
    {
        using var log = new StringWriter();

        #region docs/migrating.md: OnOpened, OnClosed and OnHalfOpened
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Listeners =
                {
                    signal =>
                    {
                        if (signal.NewState == BreakerState.Open)
                        {
                            log.WriteLine($"{signal.CircuitName} breaks for {signal.BreakFor?.TotalSeconds} s: {signal.Reason}");
                        }
                    },
                },
            }
        );
        #endregion

        breaker.Trip("a drill");
        breaker.Probe();
        breaker.Reset();
        Assert.Equal("payments breaks for 60 s: a drill", log.ToString().TrimEnd());
    }

    [Fact]
    public async Task Name_names_the_strategy_and_CircuitName_the_circuit()
    {
        #region docs/migrating.md: Name
        var options = new FluxgateBreakerOptions
        {
            Name = "breaker", // the strategy's, in Polly's telemetry
            CircuitName = "payments", // the circuit's, in signals, metrics and exceptions
            Settings = new() { InitialState = BreakerState.ForcedOpen },
        };
        #endregion

        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(options).Build();
        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(async () => await pipeline.ExecuteAsync(_ => default));
        Assert.Equal(("payments", "breaker"), (rejection.CircuitName, rejection.TelemetrySource?.StrategyName));
    }

    [Fact]
    public async Task Handlers_of_BrokenCircuitException_are_kept()
    {
        var breaker = new World().Breaker;
        breaker.Trip("a drill");
        var pipeline = new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(breaker).Build();
        var wait = TimeSpan.Zero;
        var answer = "";

        #region docs/migrating.md: BrokenCircuitException
        try
        {
            answer = await pipeline.ExecuteAsync(_ => new ValueTask<string>("fresh"));
        }
        catch (BrokenCircuitException rejection)
        {
            answer = "from the cache";
            wait = rejection.RetryAfter ?? TimeSpan.FromSeconds(30);
        }
        #endregion

        Assert.Equal(("from the cache", TimeSpan.FromSeconds(60)), (answer, wait));
    }

    [Fact]
    public async Task IsolatedCircuitException_is_a_rejection_while_forced_open()
    {
        var breaker = new World().Breaker;
        breaker.ForceOpen("maintenance until six");
        var pipeline = new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(breaker).Build();
        var answer = "";

        #region docs/migrating.md: IsolatedCircuitException
        try
        {
            answer = await pipeline.ExecuteAsync(_ => new ValueTask<string>("fresh"));
        }
        catch (CallNotPermittedException rejection) when (rejection.State == BreakerState.ForcedOpen)
        {
            answer = $"closed for now: {rejection.Reason}";
        }
        #endregion

        Assert.Equal("closed for now: maintenance until six", answer);
    }

    [Fact]
    public async Task A_retry_waits_for_the_RetryAfter_of_the_circuit()
    {
        var time = new VirtualTime();
        using var breaker = new FluxgateBreaker(
            "payments",
            new() { Tripper = Tripper.FailureStreak(1), BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10)) },
            time
        );

        #region docs/migrating.md: A retry that waits for the circuit
        var failures = HttpTracker.TransientErrors;
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(
                new RetryStrategyOptions<HttpResponseMessage>
                {
                    MaxRetryAttempts = 3,
                    Delay = TimeSpan.FromSeconds(2),
                    ShouldHandle = failures | Tracker.TypeOf<CallNotPermittedException>(),
                    DelayGenerator = args => new((args.Outcome.Exception as CallNotPermittedException)?.RetryAfter),
                }
            )
            .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = breaker, Tracker = failures });
        #endregion

        builder.TimeProvider = time;
        using var broken = new HttpResponseMessage(HttpStatusCode.BadGateway);
        using var fine = new HttpResponseMessage(HttpStatusCode.OK);
        var calls = 0;
        var call = builder.Build().ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(++calls == 1 ? broken : fine)).AsTask();
        // Outside the context of the test, so that continuations run within Advance.
        await Task.Run(() => time.Advance(TimeSpan.FromSeconds(9.999)));
        Assert.Equal((1, 1), (calls, breaker.Snapshot().Rejected));
        await Task.Run(() => time.Advance(TimeSpan.FromSeconds(0.001)));
        Assert.Same(fine, await call);
        Assert.Equal(2, calls);
    }
}
