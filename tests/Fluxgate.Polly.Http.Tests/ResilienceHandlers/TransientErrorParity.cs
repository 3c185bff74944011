using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Compares <see cref="HttpTracker.TransientErrors"/> with the default of the retry of Microsoft.Extensions.Http.Resilience.</summary>
public sealed class TransientErrorParity
{
    [Fact]
    public async Task Every_status_has_the_same_verdict_as_in_the_resilience_library()
    {
        for (var status = 100; status <= 599; status++)
        {
            using var response = new HttpResponseMessage((HttpStatusCode)status);
            var outcome = Outcome.FromResult(response);

            Assert.Equal((status, await TheirsAsync(outcome)), (status, Ours(outcome)));
        }
    }

    public static TheoryData<Exception> Errors =>
        [
            new HttpRequestException("reset"),
            new TimeoutRejectedException(),
            new TimeoutException(),
            new OperationCanceledException(),
            new TaskCanceledException(),
            new BrokenCircuitException(),
            new IOException(),
            new InvalidOperationException(),
        ];

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public async Task Every_error_has_the_same_verdict_as_in_the_resilience_library(Exception error)
    {
        var outcome = Outcome.FromException<HttpResponseMessage>(error);

        Assert.Equal(await TheirsAsync(outcome), Ours(outcome));
    }

    [Fact]
    public async Task A_thrown_status_counts_like_the_response_and_is_always_retried_there()
    {
        var outcome = Outcome.FromException<HttpResponseMessage>(new HttpRequestException("thrown", null, HttpStatusCode.NotFound));

        Assert.Equal((true, false), (await TheirsAsync(outcome), Ours(outcome)));
    }

    [Fact]
    public async Task A_connect_timeout_is_transient_as_in_their_retry()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(50),
            ConnectCallback = static async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return Stream.Null;
            },
        };
        using var client = new HttpClient(handler);
        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync(new Uri("http://127.0.0.1:9/")));
        var outcome = Outcome.FromException<HttpResponseMessage>(error);

        Assert.Equal((true, true), (await TheirsAsync(outcome), Ours(outcome)));
        Assert.False(await new HttpCircuitBreakerStrategyOptions().ShouldHandle(new(ResilienceContextPool.Shared.Get(), outcome)));
    }

    private static bool Ours(Outcome<HttpResponseMessage> outcome) => HttpTracker.TransientErrors.Matches(outcome);

    private static async Task<bool> TheirsAsync(Outcome<HttpResponseMessage> outcome)
    {
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            return await new HttpRetryStrategyOptions().ShouldHandle(new(context, outcome, attemptNumber: 0));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
