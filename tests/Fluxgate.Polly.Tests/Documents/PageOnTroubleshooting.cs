using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>The code of docs/troubleshooting.md, and the behavior that it explains. Calls that hang are in <see cref="PageOnHangingCalls"/>.</summary>
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
        output.WriteLine($"in flight: {now.InFlight}, abandoned: {now.AbandonedFailures} failures, {now.AbandonedIgnored} ignored");
        output.WriteLine($"warnings: {string.Join("; ", breaker.Warnings)}");
        #endregion

        var printed = WalkBlock.In(Repository.Read("docs/troubleshooting.md"))[1].Lines;
        Assert.Equal(printed, output.ToString().TrimEnd().Split(output.NewLine).Select(line => line.TrimEnd()));
    }

    [Fact]
    public void A_non_generic_pipeline_classifies_responses_by_default_or_tracker()
    {
        using var breaker = new FluxgateBreaker("shop");
        #region docs/troubleshooting.md: Responses in a pipeline of any type
        var options = new FluxgateBreakerOptions
        {
            Breaker = breaker,
            Tracker =
                Tracker.Inner<HttpRequestException>()
                | Tracker.Result<object>(result => result is HttpResponseMessage { StatusCode: >= HttpStatusCode.InternalServerError }),
        };
        #endregion

        Assert.Equal(1, Failures(options));
        Assert.Equal(2, Failures(new() { Breaker = breaker }));
        Assert.Equal(2, Failures(new() { Breaker = breaker, Tracker = Tracker.Inner<HttpRequestException>().For<object>() }));

        long Failures(FluxgateBreakerOptions options)
        {
            using var response = new HttpResponseMessage(HttpStatusCode.BadGateway);
            new ResiliencePipelineBuilder().AddFluxgateBreaker(options).Build().Execute(() => response);
            return breaker.Snapshot().Failures;
        }
    }

    [Fact]
    public void A_fallback_between_two_layers_of_one_breaker_hides_the_failures()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        var inner = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(world.Breaker).Build();
        var outer = new ResiliencePipelineBuilder<int>()
            .AddFluxgateBreaker(world.Breaker)
            .AddFallback(new() { FallbackAction = static _ => Outcome.FromResultAsValueTask(0) })
            .AddPipeline(inner)
            .Build();

        for (var i = 0; i < 10; i++)
        {
            outer.Execute(int () => throw new HttpRequestException("unreachable"));
        }

        Assert.Equal((BreakerState.Closed, 10, 0.5), (world.State, (int)world.Now.Failures, world.Now.FailureRate));
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
        services.AddHttpClient("orders").AddFluxgateStandardResilienceHandler("shop");
        services.AddHttpClient("prices").AddFluxgateStandardResilienceHandler("shop");
        #endregion

        await using var provider = services.BuildServiceProvider();
        var clients = provider.GetRequiredService<IHttpClientFactory>();
        using (var orders = clients.CreateClient("orders"))
        {
            (await orders.PostAsync(new Uri("/", UriKind.Relative), content: null)).Dispose();
            (await orders.PostAsync(new Uri("/", UriKind.Relative), content: null)).Dispose();
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

    private sealed class Down : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
    }
}
