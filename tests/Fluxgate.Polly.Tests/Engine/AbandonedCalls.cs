using Polly;

namespace Fluxgate;

public sealed class AbandonedCalls
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Short = Long - TimeSpan.FromMilliseconds(1);

    private readonly World _world = new();

    [Fact]
    public async Task A_call_abandoned_after_a_long_wait_is_a_failure()
    {
        await Abandon(_world.Pipeline<int>(), Long);
        _world.Counted(failures: 1);
        Assert.Equal((1, 0), (_world.Now.AbandonedFailures, _world.Now.AbandonedIgnored));
    }

    [Fact]
    public async Task A_call_abandoned_earlier_is_ignored()
    {
        await Abandon(_world.Pipeline<int>(), Short);
        _world.Counted(ignored: 1);
        Assert.Equal((0, 1), (_world.Now.AbandonedFailures, _world.Now.AbandonedIgnored));
    }

    [Fact]
    public async Task A_non_generic_pipeline_counts_abandoned_calls()
    {
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await _world
                .Pipeline()
                .ExecuteAsync(
                    async token =>
                    {
                        _world.Time.Advance(Long);
                        await caller.CancelAsync();
                        token.ThrowIfCancellationRequested();
                    },
                    caller.Token
                )
        );
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task An_infinite_AbandonedAfter_ignores_every_abandoned_call()
    {
        var world = new World(new() { AbandonedAfter = Timeout.InfiniteTimeSpan });
        await Abandon(world.Pipeline<int>(), TimeSpan.FromDays(1), world);
        world.Counted(ignored: 1);
    }

    [Fact]
    public async Task ShouldIgnore_is_called_first()
    {
        await Abandon(_world.Pipeline<int>(options => options.ShouldIgnore = static _ => new(true)), Long);
        _world.Counted(ignored: 1);
        Assert.Equal(0, _world.Now.AbandonedIgnored);
    }

    [Fact]
    public async Task ShouldHandle_is_not_called_for_an_abandoned_call()
    {
        var pipeline = _world.Pipeline<int>(options => options.ShouldHandle = static _ => throw new InvalidOperationException("called"));
        await Abandon(pipeline, Long);
        await Abandon(pipeline, Short);
        _world.Counted(failures: 1, ignored: 1);
        Assert.Equal(0, _world.Now.UserErrors(UserErrorSource.Predicate));
    }

    [Fact]
    public async Task Abandoned_calls_open_the_circuit_and_are_named_in_the_reason()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        await Abandon(world.Pipeline<int>(), Long, world);
        await Abandon(world.Pipeline<int>(), Long, world);

        Assert.Equal(BreakerState.Open, world.State);
        Assert.Equal("FailureStreak 2 >= 2, the last failure abandoned by its caller", world.Signals[0].Reason.Text);
    }

    [Fact]
    public async Task Another_failure_that_trips_has_the_plain_reason()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        await Abandon(world.Pipeline<int>(), Long, world);
        world.Fail();

        Assert.Equal("FailureStreak 2 >= 2", world.Signals[0].Reason.Text);
    }

    [Fact]
    public async Task A_probe_abandoned_after_a_long_wait_reopens_the_circuit()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Recovery = Recovery.AfterProbes(1) });
        world.Breaker.Probe();
        await Abandon(world.Pipeline<int>(), Long, world);

        Assert.Equal(BreakerState.Open, world.State);
        Assert.EndsWith("the last failure abandoned by its caller", world.Signals[^1].Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_abandoned_call_that_reached_a_slow_threshold_is_slow()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(100) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(3)) });
        await Abandon(world.Pipeline<int>(), Long, world);

        Assert.Equal(1, Assert.Single(world.Now.SlowCalls).Total);
        world.Counted(failures: 1);
    }

    [Fact]
    public async Task A_slow_threshold_leaves_calls_abandoned_earlier_ignored()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(100) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(3)) });
        await Abandon(world.Pipeline<int>(), Short, world);

        Assert.Equal(0, Assert.Single(world.Now.SlowCalls).Total);
        world.Counted(ignored: 1);
    }

    [Fact]
    public async Task Calls_abandoned_after_the_application_began_to_stop_are_ignored()
    {
        using var application = new CancellationTokenSource();
        _world.Breaker.IgnoreAbandonedCallsOnShutdown(application.Token);
        await Abandon(_world.Pipeline<int>(), Long);
        await application.CancelAsync();
        await Abandon(_world.Pipeline<int>(), Long);
        _world.Counted(failures: 1, ignored: 1);
        Assert.Equal((1, 1), (_world.Now.AbandonedFailures, _world.Now.AbandonedIgnored));
    }

    [Fact]
    public async Task A_reconfiguration_decides_calls_that_are_in_flight()
    {
        using var caller = new CancellationTokenSource();
        await _world
            .Pipeline<int>()
            .Outcome(
                _ =>
                {
                    _world.Time.Advance(TimeSpan.FromSeconds(6));
                    var settings = _world.Breaker.CopySettings();
                    settings.AbandonedAfter = TimeSpan.FromSeconds(7);
                    Assert.Equal(["AbandonedAfter: 5s -> 7s"], _world.Breaker.Reconfigure(settings));
                    caller.Cancel();
                    return new(Outcome.FromException<int>(new OperationCanceledException(caller.Token)));
                },
                caller.Token
            );
        _world.Counted(ignored: 1);
    }

    [Fact]
    public void An_admission_follows_the_same_rule()
    {
        var (waited, quick) = (_world.Begin(), _world.Begin());
        _world.Time.Advance(Short);
        quick.SettleAbandoned();
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        waited.SettleAbandoned();

        _world.Counted(failures: 1, ignored: 1);
        Assert.Throws<InvalidOperationException>(() => waited.SettleAbandoned());
    }

    [Fact]
    public async Task A_call_whose_token_cannot_be_canceled_reads_no_clock()
    {
        var time = new CountingTime();
        var breaker = new FluxgateBreaker("counting", new() { Tripper = Tripper.FailureStreak(5) }, time);
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(breaker).Build();
        var before = time.Readings;

        await pipeline.ExecuteAsync(static _ => new ValueTask<int>(1));
        Assert.Equal(before, time.Readings);

        using var caller = new CancellationTokenSource();
        await pipeline.ExecuteAsync(static _ => new ValueTask<int>(1), caller.Token);
        Assert.Equal(before + 1, time.Readings);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-600_000_000)]
    public void A_duration_that_is_not_positive_is_invalid(long ticks)
    {
        var settings = new FluxgateBreakerSettings { AbandonedAfter = TimeSpan.FromTicks(ticks) };
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new FluxgateBreaker("payments", settings));
        Assert.StartsWith(
            $"AbandonedAfter must be greater than zero, or Timeout.InfiniteTimeSpan for never, but is {settings.AbandonedAfter}.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Polly_ignores_all_abandoned_calls()
    {
        // Beside Polly's own breaker: it does not count canceled calls, so it stays closed.
        var polly = new ResiliencePipelineBuilder<int> { TimeProvider = _world.Time }
            .AddCircuitBreaker(new() { MinimumThroughput = 2, FailureRatio = 0.1 })
            .Build();
        var world = new World(new() { Tripper = Tripper.MinRequests(2) & Tripper.FailureRate(0.1) });
        for (var call = 0; call < 10; call++)
        {
            await Abandon(polly, Long);
            await Abandon(world.Pipeline<int>(), Long, world);
        }

        Assert.Equal(1, polly.Execute(static () => 1));
        Assert.Equal(BreakerState.Open, world.State);
    }

    private async Task Abandon(ResiliencePipeline<int> pipeline, TimeSpan after, World? world = null)
    {
        using var caller = new CancellationTokenSource();
        await pipeline.Outcome(
            _ =>
            {
                (world ?? _world).Time.Advance(after);
                caller.Cancel();
                return new(Outcome.FromException<int>(new OperationCanceledException(caller.Token)));
            },
            caller.Token
        );
    }

    private sealed class CountingTime : TimeProvider
    {
        public int Readings { get; private set; }

        public override long GetTimestamp()
        {
            Readings++;
            return 0;
        }
    }
}
