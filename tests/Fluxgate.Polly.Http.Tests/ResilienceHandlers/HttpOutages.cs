using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Runs retry, breaker, limiter and timeout in one <c>AddResilienceHandler</c> against a real server with every kind of failure.</summary>
public sealed class HttpOutages
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();
    private readonly List<string> _received = [];

    [Fact]
    public async Task The_circuit_follows_a_server_that_fails_resets_hangs_and_recovers()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(
            HttpUpstream.Status(HttpStatusCode.OK),
            HttpUpstream.Status(HttpStatusCode.BadGateway),
            HttpUpstream.Resets,
            upstream.Hangs,
            HttpUpstream.Resets,
            HttpUpstream.Status(HttpStatusCode.OK)
        );
        using var breaker = Breaker();
        await using var services = Services(breaker);
        using var client = services.Client();

        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(upstream.Address));

        // A bad gateway, whose retry is reset, whose retry hangs until the timeout: three failures.
        var request = client.GetAsync(upstream.Address);
        await upstream.Hanging.WaitAsync(Deadline);
        _time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => request.WaitAsync(Deadline));
        Assert.Equal((4, BreakerState.Open), (upstream.Requests.Count, breaker.State));
        await client.RejectedAsync(upstream.Address);

        // The first probe is reset; its retry is rejected.
        _time.Advance(TimeSpan.FromSeconds(60));
        await client.RejectedAsync(upstream.Address);
        Assert.Equal((5, BreakerState.Open), (upstream.Requests.Count, breaker.State));

        // The second probe succeeds.
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(upstream.Address));
        Assert.Equal(["closed -> open", "open -> half_open", "half_open -> open", "open -> half_open", "half_open -> closed"], _received);
    }

    [Fact]
    public async Task The_breaker_does_not_count_what_a_limiter_rejects()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        using var breaker = Breaker();
        await using var services = Services(breaker);
        using var client = services.Client();
        using var caller = new CancellationTokenSource();
        var hanging = new[] { client.GetAsync(upstream.Address, caller.Token), client.GetAsync(upstream.Address, caller.Token) };
        await upstream.Hanging.WaitAsync(Deadline);
        await upstream.Hanging.WaitAsync(Deadline);

        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync(upstream.Address));
        }

        Assert.Equal((2, 0), (breaker.Snapshot().InFlight, breaker.Snapshot().Failures));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(hanging).WaitAsync(Deadline));
        Assert.Equal((BreakerState.Closed, 2), (breaker.State, breaker.Snapshot().Ignored));
    }

    private FluxgateBreaker Breaker() =>
        new(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(3),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
                Listeners = { signal => _received.Add($"{signal.OldState.ToLabel()} -> {signal.NewState.ToLabel()}") },
            },
            _time
        );

    private ServiceProvider Services(FluxgateBreaker breaker)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(_time);
        collection
            .AddHttpClient("payments")
            .AddResilienceHandler(
                "x",
                pipeline =>
                    pipeline
                        .AddConcurrencyLimiter(permitLimit: 2)
                        .AddRetry(
                            new RetryStrategyOptions<HttpResponseMessage>
                            {
                                ShouldHandle = HttpTracker.TransientErrors,
                                MaxRetryAttempts = 2,
                                Delay = TimeSpan.Zero,
                            }
                        )
                        .AddTransient(breaker)
                        .AddTimeout(TimeSpan.FromSeconds(10))
            );
        return collection.BuildServiceProvider();
    }
}
