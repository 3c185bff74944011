using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Trap L8 in <c>AddResilienceHandler</c> with <c>EnableReloads</c>, on a real server.</summary>
public sealed class ReloadedHandlers
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();
    private readonly ChangingConfiguration _configuration = new(("AttemptTimeout", "00:00:10"));
    private int _builds;

    [Fact]
    public async Task L8_the_circuit_stays_open_over_a_change_and_recovers_on_time()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError), HttpUpstream.Status(HttpStatusCode.OK));
        using var breaker = Breaker();
        await using var services = Services(breaker);
        using var client = services.Client();
        await client.StatusAsync(upstream.Address);

        _configuration.Change("AttemptTimeout", "00:00:05");

        Assert.Equal((2, 1), (_builds, upstream.Requests.Count));
        Assert.Equal(TimeSpan.FromSeconds(60), (await client.RejectedAsync(upstream.Address)).RetryAfter);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(upstream.Address));
        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public async Task L8_a_request_in_flight_keeps_its_timeout_and_counts_in_the_breaker()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        using var breaker = Breaker();
        await using var services = Services(breaker);
        using var client = services.Client();
        var request = client.GetAsync(upstream.Address);
        await upstream.Hanging.WaitAsync(Deadline);

        _configuration.Change("AttemptTimeout", "00:00:20");
        _time.Advance(TimeSpan.FromSeconds(10));

        var timeout = await Assert.ThrowsAsync<TimeoutRejectedException>(() => request.WaitAsync(Deadline));
        Assert.Equal(TimeSpan.FromSeconds(10), timeout.Timeout);
        Assert.Equal((2, BreakerState.Open, 1), (_builds, breaker.State, breaker.Snapshot().Failures));
    }

    [Fact]
    public async Task The_next_request_uses_the_changed_options()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(upstream.Hangs);
        using var breaker = Breaker();
        await using var services = Services(breaker);
        using var client = services.Client();

        _configuration.Change("AttemptTimeout", "00:00:20");
        var request = client.GetAsync(upstream.Address);
        await upstream.Hanging.WaitAsync(Deadline);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(
            TimeSpan.FromSeconds(20),
            (await Assert.ThrowsAsync<TimeoutRejectedException>(() => request.WaitAsync(Deadline))).Timeout
        );
    }

    [Fact]
    public async Task L8_a_breaker_that_the_handler_creates_starts_over_with_every_change()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError), HttpUpstream.Status(HttpStatusCode.OK));
        await using var services = Services(breaker: null);
        using var client = services.Client();
        await client.StatusAsync(upstream.Address);
        await client.RejectedAsync(upstream.Address);

        _configuration.Change("AttemptTimeout", "00:00:05");

        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(upstream.Address));
    }

    [Fact]
    public async Task L8_the_standard_breaker_loses_its_state_and_a_Fluxgate_one_does_not()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var breaker = Breaker();
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("payments");
        client.AddStandardResilienceHandler(options => options.Retry.Delay = TimeSpan.Zero);
        client.AddResilienceHandler("x", pipeline => pipeline.AddTransient(breaker));
        var own = new ChangingConfiguration(("Retry:MaxRetryAttempts", "1"));
        collection.Configure<HttpStandardResilienceOptions>("payments-standard", own.Root);
        collection.AddSingleton<TimeProvider>(_time);
        await using var services = collection.BuildServiceProvider();
        using var payments = services.Client();
        await payments.RejectedAsync(upstream.Address);

        own.Change("Retry:MaxRetryAttempts", "2");

        await payments.RejectedAsync(upstream.Address);
        Assert.Equal((1, 1), (upstream.Requests.Count, breaker.Snapshot().Failures));
    }

    private FluxgateBreaker Breaker() => new("payments", new BoundRules().ToSettings(), _time);

    private ServiceProvider Services(FluxgateBreaker? breaker)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(_time).Configure<BoundRules>("payments", _configuration.Root);
        collection
            .AddHttpClient("payments")
            .AddResilienceHandler(
                "x",
                (pipeline, context) =>
                {
                    _builds++;
                    context.EnableReloads<BoundRules>("payments");
                    var rules = context.GetOptions<BoundRules>("payments");
                    if (breaker is not null)
                    {
                        pipeline.AddTransient(breaker);
                    }
                    else
                    {
                        pipeline.AddFluxgateBreaker(
                            new FluxgateBreakerOptions<HttpResponseMessage>
                            {
                                Settings = rules.ToSettings(),
                                Tracker = HttpTracker.TransientErrors,
                            }
                        );
                    }

                    pipeline.AddTimeout(rules.AttemptTimeout);
                }
            );
        return collection.BuildServiceProvider();
    }
}
