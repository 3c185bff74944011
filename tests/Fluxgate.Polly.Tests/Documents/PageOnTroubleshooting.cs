using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>The code of docs/troubleshooting.md, and the behavior that it explains.</summary>
public sealed class PageOnTroubleshooting
{
    [Fact]
    public void A_snapshot_shows_why_the_rule_does_not_fire()
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        using var breaker = new FluxgateBreaker("payments");
        for (var i = 0; i < 20; i++)
        {
            breaker.Settle(breaker.Admit(), Verdict.Failure);
        }

        #region docs/troubleshooting.md: The circuit never opens
        var now = breaker.Snapshot();
        output.WriteLine(now);
        output.WriteLine($"rule: {now.Rule}");
        output.WriteLine($"window: {now.WindowFailures} failures of {now.WindowRequests} calls, {now.ConsecutiveFailures} in a row");
        output.WriteLine($"ignored: {now.Ignored}, exceptions in predicates: {now.UserErrors(UserErrorSource.Predicate)}");
        output.WriteLine($"warnings: {string.Join("; ", breaker.Warnings)}");
        #endregion

        var printed = WalkBlock.In(Repository.Read("docs/troubleshooting.md"))[1].Lines;
        Assert.Equal(printed, output.ToString().TrimEnd().Split(output.NewLine).Select(line => line.TrimEnd()));
    }

    [Fact]
    public void The_default_ramp_stays_half_open_after_the_last_required_probe()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                Recovery = Recovery.AfterProbes(1),
                Randomizer = () => 0,
            }
        );
        world.Fail();
        world.Wait(60);
        world.Succeed(5);
        Assert.Equal(BreakerState.HalfOpen, world.State);

        world.Wait(59);
        world.Succeed();
        Assert.Equal(BreakerState.HalfOpen, world.State);

        world.Wait(1);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void One_probe_decides_when_the_permit_has_no_ramp()
    {
        #region docs/troubleshooting.md: The circuit never closes
        var settings = new FluxgateBreakerSettings
        {
            Tripper = Tripper.FailureStreak(5),
            Permit = Permit.MaxConcurrent(1),
            Recovery = Recovery.AfterProbes(1),
        };
        #endregion

        var world = new World(settings);
        world.Fail(5);
        world.Wait(60);
        world.Succeed();

        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void An_open_circuit_without_calls_stays_open()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        world.Fail();
        world.Wait(3600);

        Assert.Equal(BreakerState.Open, world.State);
        Assert.Null(world.Now.RetryAfter);
    }

    [Fact]
    public void Two_layers_with_one_breaker_count_each_call_twice()
    {
        using var breaker = new FluxgateBreaker("shop", new() { Tripper = Tripper.FailureStreak(10) });
        var inner = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();
        var outer = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();

        Assert.Throws<HttpRequestException>(() => outer.Execute(() => inner.Execute(() => throw new HttpRequestException("unreachable"))));

        Assert.Equal(2, breaker.Snapshot().Failures);
    }

    [Fact]
    public void A_call_inside_a_probe_of_the_same_breaker_belongs_to_the_probe()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                Permit = Permit.MaxConcurrent(1),
                Recovery = Recovery.AfterProbes(1),
            }
        );
        var inner = new ResiliencePipelineBuilder().AddFluxgateBreaker(world.Breaker).Build();
        var outer = new ResiliencePipelineBuilder().AddFluxgateBreaker(world.Breaker).Build();
        world.Fail();
        world.Wait(60);

        outer.Execute(() => inner.Execute(static () => { }));

        Assert.Equal((BreakerState.Closed, 2), (world.State, (int)world.Now.Successes));
    }

    [Fact]
    public async Task A_timeout_outside_the_breaker_is_ignored_and_one_inside_is_a_failure()
    {
        Assert.Equal(
            (0, 1),
            await HangAsync(breaker => new ResiliencePipelineBuilder().AddTimeout(CallTimeout).AddFluxgateBreaker(breaker))
        );
        Assert.Equal(
            (1, 0),
            await HangAsync(breaker => new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).AddTimeout(CallTimeout))
        );
    }

    [Fact]
    public void The_breaker_goes_between_retry_and_timeout()
    {
        using var breaker = new FluxgateBreaker("payments");
        #region docs/troubleshooting.md: A timeout outside the breaker
        var pipeline = new ResiliencePipelineBuilder()
            .AddTimeout(TimeSpan.FromSeconds(10)) // the whole request, with all attempts
            .AddRetry(new() { ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>() })
            .AddFluxgateBreaker(breaker)
            .AddTimeout(TimeSpan.FromSeconds(2)) // one attempt: a failure for the breaker
            .Build();
        #endregion

        pipeline.Execute(static () => { });
        Assert.Equal(1, breaker.Snapshot().Successes);
    }

    [Fact]
    public async Task Clients_share_the_named_breaker_of_the_container()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("shop", settings => settings.Tripper = Tripper.FailureStreak(2));
        foreach (var name in new[] { "orders", "prices" })
        {
            services
                .AddHttpClient(name, client => client.BaseAddress = new("http://shop.example"))
                .ConfigurePrimaryHttpMessageHandler(() => new Down());
        }

        #region docs/troubleshooting.md: Every client gets its own breaker
        services.AddHttpClient("orders").AddFluxgateHandler((pipeline, provider) => pipeline.AddFluxgateBreaker(provider, "shop"));
        services.AddHttpClient("prices").AddFluxgateHandler((pipeline, provider) => pipeline.AddFluxgateBreaker(provider, "shop"));
        #endregion

        await using var provider = services.BuildServiceProvider();
        var clients = provider.GetRequiredService<IHttpClientFactory>();
        using (var orders = clients.CreateClient("orders"))
        {
            (await orders.GetAsync(new Uri("/", UriKind.Relative))).Dispose();
            (await orders.GetAsync(new Uri("/", UriKind.Relative))).Dispose();
        }

        using var prices = clients.CreateClient("prices");
        var rejected = await Assert.ThrowsAsync<CallNotPermittedException>(() => prices.GetAsync(new Uri("/", UriKind.Relative)));
        Assert.Equal("shop", rejected.CircuitName);
    }

    [Fact]
    public void A_retry_outside_the_breaker_excludes_rejections()
    {
        using var breaker = new FluxgateBreaker("payments", new() { InitialState = BreakerState.ForcedOpen });
        #region docs/troubleshooting.md: A retry repeats rejected calls
        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(
                new()
                {
                    ShouldHandle = arguments =>
                        ValueTask.FromResult(
                            arguments.Outcome.Exception is not null and not OperationCanceledException and not CallNotPermittedException
                        ),
                }
            )
            .AddFluxgateBreaker(breaker)
            .Build();
        #endregion

        Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(static () => { }));
        Assert.Equal(1, breaker.Snapshot().Rejected);
    }

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Returns the failures and the ignored calls after one call that hangs until its timeout.</summary>
    private static async Task<(long Failures, long Ignored)> HangAsync(Func<FluxgateBreaker, ResiliencePipelineBuilder> compose)
    {
        var time = new VirtualTime();
        await using var breaker = new FluxgateBreaker("payments", timeProvider: time);
        var builder = compose(breaker);
        builder.TimeProvider = time;
        var call = builder.Build().ExecuteAsync(async token => await Task.Delay(Timeout.InfiniteTimeSpan, token)).AsTask();
        time.Advance(CallTimeout);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        var now = breaker.Snapshot();
        return (now.Failures, now.Ignored);
    }

    private sealed class Down : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
    }
}
