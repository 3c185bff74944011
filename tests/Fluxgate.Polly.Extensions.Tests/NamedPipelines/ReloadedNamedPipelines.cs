using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;

namespace Fluxgate;

/// <summary>Trap L8 in named pipelines that follow their options, with <c>EnableReloads</c>.</summary>
public sealed class ReloadedNamedPipelines
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();
    private readonly ChangingConfiguration _configuration = new(("Tripper", "FailureStreak(1)"));
    private int _builds;

    [Fact]
    public async Task L8_the_state_survives_a_change_of_the_options()
    {
        using var breaker = Breaker();
        await using var services = Services((builder, _) => builder.AddFluxgateBreaker(breaker));
        var pipeline = Pipeline(services);
        await pipeline.FailAsync();

        _configuration.Change("AttemptTimeout", "00:00:05");

        Assert.Equal(2, _builds);
        Assert.Equal("FailureStreak 1 >= 1", (await pipeline.RejectedAsync()).Reason.Text);
        _time.Advance(TimeSpan.FromSeconds(60));
        await pipeline.SucceedAsync();
        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public async Task L8_Pollys_breaker_loses_its_open_state()
    {
        await using var services = Services(
            (builder, _) =>
                builder.AddCircuitBreaker(
                    new CircuitBreakerStrategyOptions
                    {
                        FailureRatio = 1,
                        MinimumThroughput = 2,
                        BreakDuration = TimeSpan.FromSeconds(60),
                    }
                )
        );
        var pipeline = Pipeline(services);
        await pipeline.FailAsync();
        await pipeline.FailAsync();
        await Assert.ThrowsAsync<BrokenCircuitException>(pipeline.SucceedAsync);

        _configuration.Change("AttemptTimeout", "00:00:05");

        await pipeline.SucceedAsync();
    }

    [Fact]
    public async Task L8_calls_in_flight_end_in_their_own_outcome_and_count()
    {
        using var breaker = Breaker();
        await using var services = Services((builder, _) => builder.AddFluxgateBreaker(breaker));
        var pipeline = Pipeline(services);
        var (succeeds, fails) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        var first = pipeline.ExecuteAsync(_ => new ValueTask<string>(succeeds.Task)).AsTask();
        var second = pipeline.ExecuteAsync(_ => new ValueTask<string>(fails.Task)).AsTask();

        _configuration.Change("AttemptTimeout", "00:00:05");
        // Asserted below: the disposal of a container waits for calls in flight on its clock, which stands still.
        var before = (_builds, breaker.Snapshot().InFlight);
        succeeds.SetResult("late, but fine");
        var outcome = await first.WaitAsync(Deadline);
        fails.SetException(new IOException("the dependency's own"));

        Assert.Equal("late, but fine", outcome);
        Assert.Equal("the dependency's own", (await Assert.ThrowsAsync<IOException>(() => second.WaitAsync(Deadline))).Message);
        Assert.Equal((2, 2L), before);
        Assert.Equal((1, 1, 0), (breaker.Snapshot().Successes, breaker.Snapshot().Failures, breaker.Snapshot().Stale));
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public async Task A_changed_rule_reaches_the_live_breaker_which_keeps_its_streak()
    {
        _configuration.Change("Tripper", "FailureStreak(5)");
        using var breaker = Breaker();
        await using var services = Services(
            (builder, rules) =>
            {
                breaker.Reconfigure(rules.ToSettings());
                builder.AddFluxgateBreaker(breaker);
            }
        );
        var pipeline = Pipeline(services);
        await pipeline.FailAsync();
        await pipeline.FailAsync();
        Assert.Equal(BreakerState.Closed, breaker.State);

        _configuration.Change("Tripper", "FailureStreak(3)");
        await pipeline.FailAsync();

        Assert.Equal("FailureStreak 3 >= 3", (await pipeline.RejectedAsync()).Reason.Text);
    }

    [Fact]
    public async Task An_invalid_change_keeps_pipeline_rule_and_state()
    {
        _configuration.Change("Tripper", "FailureStreak(2)");
        using var breaker = Breaker();
        await using var services = Services(
            (builder, rules) =>
            {
                breaker.Reconfigure(rules.ToSettings());
                builder.AddFluxgateBreaker(breaker);
            }
        );
        var pipeline = Pipeline(services);
        await pipeline.FailAsync();

        _configuration.Change("Tripper", "FailureStreak(none)");
        await pipeline.FailAsync();

        Assert.Equal("FailureStreak 2 >= 2", (await pipeline.RejectedAsync()).Reason.Text);
    }

    [Fact]
    public async Task After_an_invalid_change_a_breaker_can_still_be_reconfigured()
    {
        _configuration.Change("Tripper", "FailureStreak(9)");
        using var breaker = Breaker();
        await using var services = Services(
            (builder, rules) =>
            {
                rules.ToSettings();
                builder.AddFluxgateBreaker(breaker);
            }
        );
        var pipeline = Pipeline(services);
        var refused = 0;
        using var rules = services
            .GetRequiredService<IOptionsMonitor<BoundRules>>()
            .OnChange(rules => refused += Take(breaker, rules) ? 0 : 1);

        _configuration.Change("Tripper", "FailureStreak(none)");
        _configuration.Change("Tripper", "FailureStreak(1)");
        await pipeline.FailAsync();

        await pipeline.RejectedAsync();
        Assert.Equal((2, 1), (_builds, refused));
    }

    [Fact]
    public async Task L8_a_hundred_changes_under_traffic_lose_no_call()
    {
        using var breaker = Breaker("FailureStreak(1000000)");
        await using var services = Services((builder, _) => builder.AddFluxgateBreaker(breaker));
        var pipeline = Pipeline(services);
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => CallAsync(pipeline, enough.Token))).ToArray();

        for (var i = 1; i <= 100; i++)
        {
            _configuration.Change("AttemptTimeout", TimeSpan.FromSeconds(i).ToString());
        }

        await enough.CancelAsync();
        var calls = (await Task.WhenAll(callers).WaitAsync(Deadline)).Sum();

        Assert.Equal(101, _builds);
        Assert.Equal((calls, 0), (breaker.Snapshot().Successes, breaker.Snapshot().InFlight));
    }

    private static bool Take(FluxgateBreaker breaker, BoundRules rules)
    {
        try
        {
            breaker.Reconfigure(rules.ToSettings());
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static async Task<long> CallAsync(ResiliencePipeline pipeline, CancellationToken enough)
    {
        var calls = 0L;
        do
        {
            await pipeline.ExecuteAsync(static async _ => await Task.Yield(), CancellationToken.None);
            calls++;
        } while (!enough.IsCancellationRequested);

        return calls;
    }

    private static ResiliencePipeline Pipeline(IServiceProvider services) =>
        services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("x");

    private FluxgateBreaker Breaker(string tripper = "FailureStreak(1)") =>
        new("payments", new BoundRules { Tripper = tripper }.ToSettings(), _time);

    private ServiceProvider Services(Action<ResiliencePipelineBuilder, BoundRules> configure) =>
        new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .Configure<BoundRules>(_configuration.Root)
            .AddResiliencePipeline(
                "x",
                (builder, context) =>
                {
                    _builds++;
                    context.EnableReloads<BoundRules>();
                    configure(builder, context.GetOptions<BoundRules>());
                }
            )
            .BuildServiceProvider();
}
