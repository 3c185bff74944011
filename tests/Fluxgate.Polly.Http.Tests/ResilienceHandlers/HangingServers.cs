using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Checks that a server that hangs opens the circuit, although only a timeout outside the breaker ends the calls. With default settings.</summary>
public sealed class HangingServers
{
    // The default rule needs 100 calls; they wait in parallel.
    private const int Calls = 100;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5.5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Under_the_timeout_of_the_client_the_circuit_opens() => OpensBesidePolly(client => client.Timeout = Timeout, _ => { });

    [Fact]
    public Task Behind_the_standard_handler_the_circuit_opens() =>
        OpensBesidePolly(
            _ => { },
            builder =>
                builder.AddStandardResilienceHandler(options =>
                {
                    options.AttemptTimeout.Timeout = Timeout;
                    options.CircuitBreaker.SamplingDuration = 2 * Timeout;

                    // Queued calls would end before they waited.
                    options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 2 * Calls;
                    options.Retry.ShouldHandle = static _ => new(false);
                })
        );

    // The service defaults of .NET Aspire: an attempt may take as long as the whole request.
    [Fact]
    public Task With_both_timeouts_of_10_seconds_the_circuit_opens() =>
        OpensBesidePolly(
            _ => { },
            builder =>
                builder.AddStandardResilienceHandler(options =>
                {
                    options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(10);
                    options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(10);
                    options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 2 * Calls;
                    options.Retry.ShouldHandle = static _ => new(false);
                })
        );

    [Fact]
    public Task Calls_that_are_given_up_soon_leave_the_circuit_closed() => StaysClosed(upstream => upstream.Hangs);

    [Fact]
    public Task A_service_that_is_only_slow_to_cancel_leaves_the_circuit_closed() => StaysClosed(upstream => upstream.IsSlowToCancel);

    [Fact]
    public async Task Without_any_timeout_a_slow_call_rule_opens_the_circuit()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        var polly = new CircuitBreakerStateProvider();
        var opened = new TaskCompletionSource<Signal>();
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Tripper = Tripper.MinRequests(Calls) & Tripper.SlowRate(0.3, TimeSpan.FromSeconds(1)),
                Listeners =
                {
                    Listener.From(
                        (Signal signal) =>
                        {
                            opened.TrySetResult(signal);
                        }
                    ),
                },
            }
        );
        await using var ours = Services(
            client => client.Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            _ => { },
            pipeline => pipeline.AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = breaker })
        );
        await using var theirs = Services(
            client => client.Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            _ => { },
            pipeline =>
                pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions { MinimumThroughput = Calls, StateProvider = polly })
        );
        using var end = new CancellationTokenSource();
        var calls = Task.WhenAll(EndAsync(ours, upstream, end.Token), EndAsync(theirs, upstream, end.Token));

        var signal = await opened.Task.WaitAsync(Deadline);

        Assert.Equal("MinRequests 100 >= 100 & SlowRate 100% >= 30% (100 of 100, 100 in flight, took 1s or longer)", signal.Reason.Text);
        Assert.Equal((0, CircuitState.Closed), (breaker.Snapshot().Requests, polly.CircuitState));
        await end.CancelAsync();
        await calls.WaitAsync(Deadline);
    }

    private FluxgateBreaker Breaker { get; } = new("payments");

    private async Task OpensBesidePolly(Action<HttpClient> configure, Action<IHttpClientBuilder> outside)
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        var polly = new CircuitBreakerStateProvider();
        await using var ours = Services(
            configure,
            outside,
            pipeline => pipeline.AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = Breaker })
        );
        await using var theirs = Services(
            configure,
            outside,
            pipeline =>
                pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions { MinimumThroughput = Calls, StateProvider = polly })
        );

        await Task.WhenAll(EndAsync(ours, upstream), EndAsync(theirs, upstream)).WaitAsync(Deadline);

        Assert.Equal(BreakerState.Open, Breaker.State);
        Assert.Equal(
            "MinRequests 100 >= 100 & FailureRate 100% >= 50% (100 of 100), the last failure abandoned by its caller",
            Breaker.Snapshot().Reason.Text
        );
        Assert.Equal(CircuitState.Closed, polly.CircuitState);
    }

    private async Task StaysClosed(Func<HttpUpstream, Func<HttpContext, Task>> answer)
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(answer(upstream));
        await using var services = Services(
            client => client.Timeout = TimeSpan.FromSeconds(1),
            _ => { },
            pipeline => pipeline.AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = Breaker })
        );

        await EndAsync(services, upstream);

        Assert.Equal((BreakerState.Closed, Calls), (Breaker.State, (int)Breaker.Snapshot().AbandonedIgnored));
    }

    private static ServiceProvider Services(
        Action<HttpClient> configure,
        Action<IHttpClientBuilder> outside,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>> breaker
    )
    {
        var services = new ServiceCollection();
        var client = services.AddHttpClient("payments", configure);
        outside(client);
        client.AddResilienceHandler("breaker", breaker);
        return services.BuildServiceProvider();
    }

    private static async Task EndAsync(IServiceProvider services, HttpUpstream upstream, CancellationToken cancellationToken = default)
    {
        using var client = services.Client();
        await Task.WhenAll(
            Enumerable
                .Range(0, Calls)
                .Select(async _ => Assert.NotNull(await Record.ExceptionAsync(() => client.GetAsync(upstream.Address, cancellationToken))))
        );
    }
}
