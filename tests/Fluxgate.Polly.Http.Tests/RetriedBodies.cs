using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>Checks what a breaker that counts bodies counts of a response that a retry discards.</summary>
public sealed class RetriedBodies : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private readonly SentBody _discarded = new();
    private HttpUpstream _server = null!;

    public async Task InitializeAsync()
    {
        _server = await _world.ServerAsync();
        _world.Services.AddFluxgate().AddBreaker("payments");
    }

    public async Task DisposeAsync()
    {
        _discarded.End();
        await _world.EndAsync();
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, 1, 1)]
    [InlineData(HttpStatusCode.NotFound, 2, 0)]
    public async Task A_retry_around_the_breaker_ends_the_call_that_it_discards(HttpStatusCode first, int successes, int failures)
    {
        _world
            .Services.AddHttpClient("payments")
            .AddFluxgateStandardResilienceHandler(
                "payments",
                options =>
                {
                    options.CountBody = true;
                    options.Retry.Delay = TimeSpan.Zero;
                    options.Retry.ShouldHandle = arguments => new(arguments.Outcome.Result?.StatusCode == first);
                }
            );

        await SendAsync(first);

        Assert.Equal((successes, failures, 0), (Now.Successes, Now.Failures, Now.InFlight));
    }

    [Fact]
    public async Task A_retry_inside_the_breaker_is_one_call()
    {
        _world
            .Services.AddHttpClient("payments")
            .AddResilienceHandler(
                "retry",
                (pipeline, context) =>
                    pipeline
                        .AddFluxgateBreaker(
                            context.ServiceProvider,
                            "payments",
                            new FluxgateBreakerOptions<HttpResponseMessage> { CountBody = true }
                        )
                        .AddRetry(new HttpRetryStrategyOptions { Delay = TimeSpan.Zero })
            );

        await SendAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Equal((1, 0, 0), (Now.Successes, Now.Failures, Now.InFlight));
    }

    private BreakerSnapshot Now => _world.Breakers["payments"].Snapshot();

    /// <summary>Sends a request whose first response has a body that never ends.</summary>
    private async Task SendAsync(HttpStatusCode first)
    {
        _server.Answers(
            context =>
            {
                context.Response.StatusCode = (int)first;
                return _discarded.Answer(context);
            },
            HttpUpstream.Status(HttpStatusCode.OK)
        );
        await _world.StartAsync();
        using var client = _world.Client();

        Assert.Equal("200", await client.GetStringAsync(_server.Address));
        Assert.Equal(2, _server.Requests.Count);
    }
}
