using Polly;

namespace Fluxgate;

/// <summary>BreakDurationHint: the failure that opens the circuit can set the duration of the break.</summary>
public sealed class BreakDurationHints
{
    private readonly World _world = new(Settings);
    private readonly List<string> _asked = [];

    [Fact]
    public async Task Only_the_failure_that_opens_the_circuit_sets_the_break()
    {
        var pipeline = Pipeline(Seconds);

        await Call(pipeline, "fail 500");
        await Call(pipeline, "fail 20");

        Assert.Equal(TimeSpan.FromSeconds(20), Assert.Single(_world.Signals).BreakFor);
        Assert.Equal(TimeSpan.FromSeconds(20), _world.Now.RetryAfter);
        _world.Wait(19.999);
        Assert.Equal(
            TimeSpan.FromMilliseconds(1),
            Assert.IsType<CallNotPermittedException>((await Call(pipeline, "fine")).Exception).RetryAfter
        );
        _world.Wait(0.001);
        Assert.Equal("fine", (await Call(pipeline, "fine")).Result);
        Assert.Equal("the break of 20s is over", _world.Signals[^1].Reason.Text);
    }

    [Fact]
    public async Task The_failed_probe_that_reopens_the_circuit_sets_the_break()
    {
        var pipeline = Pipeline(Seconds);
        _world.Breaker.Probe();

        await Call(pipeline, "fail 500");
        Assert.Equal(BreakerState.HalfOpen, _world.State);
        await Call(pipeline, "fail 20");

        Assert.Equal((BreakerState.Open, 1), (_world.State, _world.Now.Reopens));
        Assert.Equal(TimeSpan.FromSeconds(20), _world.Now.RetryAfter);
    }

    [Fact]
    public async Task The_next_break_has_the_configured_duration()
    {
        var pipeline = Pipeline(Seconds);
        await Call(pipeline, "fail 20");
        await Call(pipeline, "fail 20");
        _world.Wait(20);

        await Call(pipeline, "fail");
        await Call(pipeline, "fail");

        Assert.Equal((BreakerState.Open, 1), (_world.State, _world.Now.Reopens));
        Assert.Equal(TimeSpan.FromSeconds(60), _world.Now.RetryAfter);
    }

    [Fact]
    public async Task The_hint_is_called_once_for_each_failure_only()
    {
        using var givenUp = new CancellationTokenSource();
        var pipeline = Pipeline(Seconds);

        await Call(pipeline, "fine");
        await Call(pipeline, "fail 20");
        await pipeline.ExecuteOutcomeAsync(
            static (_, source) =>
            {
                source.Cancel();
                return new ValueTask<Outcome<string>>(Outcome.FromException<string>(new OperationCanceledException(source.Token)));
            },
            ResilienceContextPool.Shared.Get(givenUp.Token),
            givenUp
        );
        _world.Breaker.Disable();
        await Call(pipeline, "fail 30");
        _world.Breaker.ForceOpen();
        await Call(pipeline, "fail 40");

        Assert.Equal(["fail 20"], _asked);
        Assert.Equal(new(Successes: 1, Failures: 1, Ignored: 1, Rejected: 1), CountsOfCalls.Of(_world.Breaker));
    }

    [Theory]
    [InlineData("fail 0.2", 1)]
    [InlineData("fail 1", 1)]
    [InlineData("fail 600", 600)]
    [InlineData("fail 601", 600)]
    [InlineData("fail 922337203685", 600)]
    public async Task A_hint_is_limited_to_one_second_to_ten_minutes_by_default(string failure, double seconds)
    {
        var pipeline = Pipeline(Seconds);

        await Call(pipeline, failure);
        await Call(pipeline, failure);

        Assert.Equal(TimeSpan.FromSeconds(seconds), _world.Now.RetryAfter);
    }

    [Theory]
    [InlineData("fail 0.2", 5)]
    [InlineData("fail 6", 6)]
    [InlineData("fail 8", 7)]
    public async Task A_hint_is_limited_to_the_bounds_of_the_options(string failure, double seconds)
    {
        var pipeline = Pipeline(
            Seconds,
            options =>
            {
                options.MinBreakDurationHint = TimeSpan.FromSeconds(5);
                options.MaxBreakDurationHint = TimeSpan.FromSeconds(7);
            }
        );

        await Call(pipeline, failure);
        await Call(pipeline, failure);

        Assert.Equal(TimeSpan.FromSeconds(seconds), _world.Now.RetryAfter);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("fail 0")]
    [InlineData("fail -20")]
    public async Task Without_a_positive_hint_the_configured_duration_applies(string failure)
    {
        var pipeline = Pipeline(Seconds);

        await Call(pipeline, failure);
        await Call(pipeline, failure);

        Assert.Equal(TimeSpan.FromSeconds(60), _world.Now.RetryAfter);
        Assert.Equal(0, _world.Now.UserErrors(UserErrorSource.BreakDurationHint));
    }

    [Fact]
    public async Task A_hint_that_throws_is_reported_and_the_configured_duration_applies()
    {
        var pipeline = Pipeline(_ => throw new FormatException("no number"));

        Assert.IsType<IOException>((await Call(pipeline, "fail")).Exception);
        Assert.IsType<IOException>((await Call(pipeline, "fail")).Exception);

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(60)), (_world.State, _world.Now.RetryAfter));
        Assert.Equal(2, _world.Now.UserErrors(UserErrorSource.BreakDurationHint));
        Assert.Equal(
            Enumerable.Repeat("payments: BreakDurationHint failed (FormatException: no number)", 2),
            _world.Notices.Select(notice => $"{notice}")
        );
    }

    [Fact]
    public async Task Hints_work_with_asynchronous_predicates()
    {
        Inline.Continuations();
        var (failed, failedToo) = (new TaskCompletionSource<bool>(), new TaskCompletionSource<bool>());
        var pipeline = Pipeline(
            Seconds,
            options => options.ShouldHandle = args => new((args.Outcome.Result == "fine 10" ? failed : failedToo).Task)
        );
        var (first, second) = (Call(pipeline, "fine 10"), Call(pipeline, "fine 20"));
        Assert.Empty(_asked);

        failed.SetResult(true);
        Assert.Equal(["fine 10"], _asked);
        failedToo.SetResult(true);

        Assert.Equal(("fine 10", "fine 20"), ((await Inline.Ended(first)).Result, (await Inline.Ended(second)).Result));
        Assert.Equal(["fine 10", "fine 20"], _asked);
        Assert.Equal(TimeSpan.FromSeconds(20), _world.Now.RetryAfter);
    }

    [Fact]
    public void A_pipeline_of_any_result_type_supports_hints()
    {
        var pipeline = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions
                {
                    Breaker = _world.Breaker,
                    ShouldHandle = new PredicateBuilder().HandleResult(result => result is 503),
                    BreakDurationHint = outcome => TimeSpan.FromSeconds((int)outcome.Result! / 100.0),
                }
            )
            .Build();

        Assert.Equal((503, 503), (pipeline.Execute(() => 503), pipeline.Execute(() => 503)));

        Assert.Equal(TimeSpan.FromSeconds(5.03), _world.Now.RetryAfter);
    }

    internal static FluxgateBreakerSettings Settings => new() { Tripper = Tripper.FailureStreak(2), Permit = Permit.All };

    private static async Task<Outcome<string>> Call(ResiliencePipeline<string> pipeline, string answer) =>
        await pipeline.ExecuteOutcomeAsync(
            static (_, answer) =>
                new ValueTask<Outcome<string>>(
                    answer.StartsWith("fail", StringComparison.Ordinal)
                        ? Outcome.FromException<string>(new IOException(answer))
                        : Outcome.FromResult(answer)
                ),
            ResilienceContextPool.Shared.Get(),
            answer
        );

    private static TimeSpan? Seconds(string answer) =>
        answer.Split(' ') is [_, var seconds]
            ? TimeSpan.FromTicks(
                (long)(decimal.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond)
            )
            : null;

    private ResiliencePipeline<string> Pipeline(Func<string, TimeSpan?> hint, Action<FluxgateBreakerOptions<string>>? configure = null)
    {
        var options = new FluxgateBreakerOptions<string>
        {
            Breaker = _world.Breaker,
            BreakDurationHint = outcome =>
            {
                var answer = outcome.Exception?.Message ?? outcome.Result!;
                _asked.Add(answer);
                return hint(answer);
            },
        };
        configure?.Invoke(options);
        return new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options).Build();
    }
}
