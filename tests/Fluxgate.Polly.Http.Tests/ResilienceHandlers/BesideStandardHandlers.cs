using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace Fluxgate;

/// <summary>Checks a Fluxgate breaker in one client with <c>AddStandardResilienceHandler</c>, inside and outside of it.</summary>
public sealed class BesideStandardHandlers
{
    [Fact]
    public async Task Inside_the_handler_every_attempt_counts_and_rejections_are_final()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 3);
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments");
        client.AddStandardResilienceHandler(AtOnce);
        client.AddResilienceHandler("breaker", pipeline => pipeline.AddTransient(breaker));
        await using var services = collection.BuildServiceProvider();
        using var payments = services.Client();

        // The policy allows four attempts: the fourth is rejected by the open circuit.
        var rejection = await payments.RejectedAsync(upstream.Address);

        Assert.Equal("FailureStreak 3 >= 3", rejection.Reason.Text);
        Assert.Equal((3, 1), (breaker.Snapshot().Failures, breaker.Snapshot().Rejected));
        await payments.RejectedAsync(upstream.Address);
        Assert.Equal((3, 2), (upstream.Requests.Count, breaker.Snapshot().Rejected));
    }

    [Fact]
    public async Task Outside_the_handler_the_whole_request_counts_once()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker(failures: 1);
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments");
        client.AddResilienceHandler("breaker", pipeline => pipeline.AddTransient(breaker));
        client.AddStandardResilienceHandler(AtOnce);
        await using var services = collection.BuildServiceProvider();
        using var payments = services.Client();

        Assert.Equal(HttpStatusCode.InternalServerError, await payments.StatusAsync(upstream.Address));

        Assert.Equal((4, 1), (upstream.Requests.Count, breaker.Snapshot().Failures));
        await payments.RejectedAsync(upstream.Address);
        Assert.Equal(4, upstream.Requests.Count);
    }

    [Fact]
    public async Task A_successful_retry_is_a_success_outside_and_both_verdicts_inside()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Resets, HttpUpstream.Status(HttpStatusCode.OK));
        using var outside = Breaker(failures: 2);
        using var inside = Breaker(failures: 2);
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments");
        client.AddResilienceHandler("outside", pipeline => pipeline.AddTransient(outside));
        client.AddStandardResilienceHandler(AtOnce);
        client.AddResilienceHandler("inside", pipeline => pipeline.AddTransient(inside));
        await using var services = collection.BuildServiceProvider();
        using var payments = services.Client();

        Assert.Equal(HttpStatusCode.OK, await payments.StatusAsync(upstream.Address));

        Assert.Equal((1, 0), (outside.Snapshot().Successes, outside.Snapshot().Failures));
        Assert.Equal((1, 1), (inside.Snapshot().Successes, inside.Snapshot().Failures));
    }

    [Fact]
    public async Task The_standard_breaker_stays_closed_while_a_Fluxgate_breaker_rejects()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        using var breaker = Breaker(failures: 1);
        breaker.ForceOpen("maintenance");
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments");
        client.AddStandardResilienceHandler(options =>
        {
            AtOnce(options);
            options.CircuitBreaker.MinimumThroughput = 2;
            options.CircuitBreaker.FailureRatio = 0.1;
        });
        client.AddResilienceHandler("breaker", pipeline => pipeline.AddTransient(breaker));
        await using var services = collection.BuildServiceProvider();
        using var payments = services.Client();

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("maintenance", (await payments.RejectedAsync(upstream.Address)).Reason.Text);
        }

        breaker.Reset();
        Assert.Equal(HttpStatusCode.OK, await payments.StatusAsync(upstream.Address));
    }

    private static void AtOnce(HttpStandardResilienceOptions options)
    {
        options.Retry.Delay = TimeSpan.Zero;
        options.Retry.UseJitter = false;
    }

    private static FluxgateBreaker Breaker(int failures) => new("payments", new() { Tripper = Tripper.FailureStreak(failures) });
}
