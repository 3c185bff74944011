using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

public sealed class ContainerGroups
{
    [Fact]
    public void Calls_in_code_add_to_each_other()
    {
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreakerGroup("tenants", group => (group.Options.MaxBreakers, group.Settings.ProbeLease) = (7, TimeSpan.FromSeconds(3)))
                .AddBreakerGroup(
                    "TENANTS",
                    group =>
                        (group.Options.MaxKeySeries, group.Settings.Tripper) = (group.Options.MaxBreakers + 1, Tripper.FailureStreak(2))
                )
        );
        var tenants = services.Breakers().GetGroup("Tenants");
        var settings = tenants.GetOrAdd("acme").CopySettings();
        Assert.Equal(("tenants", 7, 8), (tenants.Name, tenants.Options.MaxBreakers, tenants.Options.MaxKeySeries));
        Assert.Equal((TimeSpan.FromSeconds(3), "FailureStreak(2)"), (settings.ProbeLease, $"{settings.Tripper}"));
    }

    [Fact]
    public void A_key_changes_the_final_settings_of_the_group()
    {
        using var services = DiContainer.Of(services =>
        {
            services
                .AddFluxgate()
                .AddBreakerGroup(
                    "tenants",
                    group =>
                    {
                        group.Configure("acme", own => own.Tripper |= Tripper.FailureStreak(9));
                        group.Configure("acme", own => own.ProbeLease *= 2);
                    }
                )
                .AddBreakerGroup("tenants", group => group.Settings.ProbeLease = TimeSpan.FromSeconds(3));
            services.PostConfigure<FluxgateBreakerSettings>(
                "BreakerGroups:tenants",
                settings => settings.Tripper = Tripper.FailureStreak(5) & Tripper.MinRequests(5)
            );
        });
        var tenants = services.Breakers().GetGroup("tenants");
        var settings = tenants.GetOrAdd("acme").CopySettings();
        Assert.Equal(TimeSpan.FromSeconds(6), settings.ProbeLease);
        Assert.Equal("FailureStreak(5) & MinRequests(5) | FailureStreak(9)", $"{settings.Tripper}");
        Assert.Equal(TimeSpan.FromSeconds(3), tenants.GetOrAdd("other").CopySettings().ProbeLease);
    }

    [Fact]
    public void Options_of_dotnet_configure_a_group()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreakerGroup("tenants");
            services.Configure<FluxgateBreakerSettings>("BreakerGroups:tenants", settings => settings.Tripper = Tripper.FailureStreak(6));
        });
        Assert.Equal("FailureStreak(6)", services.Breakers().GetGroup("tenants").GetOrAdd("acme").Snapshot().Rule);
    }

    [Fact]
    public void A_group_is_created_when_the_host_starts_and_is_a_keyed_service()
    {
        using var services = DiContainer.Of(services => services.AddFluxgate().AddBreakerGroup("tenants").AddBreakerGroup("hosts"));
        Assert.Empty(services.Breakers().Groups);
        services.Breakers().Start();
        Assert.Equal(["hosts", "tenants"], services.Breakers().Groups.Select(group => group.Name));
        Assert.Empty(services.Breakers());
        Assert.Empty(services.Breakers().Names);
        Assert.Same(services.Breakers().GetGroup("tenants"), services.GetRequiredKeyedService<BreakerGroup>("Tenants"));
        Assert.Contains(
            "but is 7 (Int32)",
            Assert.Throws<InvalidOperationException>(() => services.GetKeyedService<BreakerGroup>(7)).Message
        );
    }

    [Fact]
    public async Task A_group_is_on_the_metrics_page_of_the_container()
    {
        var metrics = new PrometheusMetrics();
        using (var world = new GroupsWorld(more: services => services.AddFluxgateListener(new PrometheusListener(metrics))))
        {
            world.Tenants.GetOrAdd("acme").Trip();
            Assert.Contains("circuit_breaker_group_circuits{circuit_name=\"tenants\",state=\"open\"} 1", await PageOf(metrics));
        }

        Assert.DoesNotContain("tenants", await PageOf(metrics));
    }

    [Fact]
    public void Members_have_the_clock_and_the_listeners_of_the_container()
    {
        List<string> log = [];
        using var world = new GroupsWorld(
            "\"Overrides\": [ { \"Key\": \"acme\", \"Tripper\": \"FailureStreak(1)\" } ]",
            services =>
                services
                    .AddFluxgateListener(signal => log.Add($"all {signal.CircuitName}"))
                    .AddFluxgateListener("TENANTS", signal => log.Add($"tenants {signal.Key}"))
                    .AddFluxgateListener("hosts", signal => log.Add("hosts"))
                    .AddFluxgate()
                    .AddBreakerGroup("hosts")
        );
        Assert.Same(world.Time, world.Tenants.TimeProvider);
        world.Tenants.GetOrAdd("acme").Fail();
        world.Tenants.GetOrAdd("other").Trip();
        Assert.Equal(["all tenants/acme", "tenants acme", "all tenants/other", "tenants other"], log);
    }

    [Fact]
    public void A_listener_may_request_its_group_when_it_is_attached()
    {
        BreakerGroup? requested = null;
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreakerGroup("tenants");
            services.AddFluxgateListener(provider => new Requesting(() => requested = provider.Breakers().GetGroup("tenants")));
        });
        Assert.Same(services.Breakers().GetGroup("tenants"), requested);
    }

    [Fact]
    public async Task Threads_that_request_a_group_at_once_receive_one_with_its_listeners()
    {
        List<string> log = [];
        using var both = new Barrier(2);
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreakerGroup("tenants", _ => both.SignalAndWait(DiContainer.Deadline));
            services.AddFluxgateListener(new Requesting(() => log.Add("attached")));
        });
        var breakers = services.Breakers();
        var groups = await Task.WhenAll(Task.Run(() => breakers.GetGroup("tenants")), Task.Run(() => breakers.GetGroup("tenants")))
            .WaitAsync(DiContainer.Deadline);
        Assert.Same(groups[0], groups[1]);
        Assert.Equal(["attached"], log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Groups_are_disposed_with_the_container_before_their_listeners(bool asynchronously)
    {
        var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreakerGroup("tenants");
            services.AddFluxgateListener<Received>();
        });
        var tenants = services.Breakers().GetGroup("tenants");
        tenants.GetOrAdd("acme");
        var listener = services.GetRequiredService<Received>();
        if (asynchronously)
        {
            await services.DisposeAsync();
        }
        else
        {
            services.Dispose();
        }

        Assert.Equal(["tenants/acme", "tenants (shared)"], listener.Detached);
        Assert.True(listener.Disposed);
        Assert.False(listener.CalledAfterDisposal);
        Assert.Null(tenants.GetOrAdd("another").Key);
    }

    [Fact]
    public async Task Calls_that_are_abandoned_while_the_host_stops_are_ignored()
    {
        var time = new VirtualTime();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<TimeProvider>(time).AddFluxgate().AddBreakerGroup("tenants");
        using var host = builder.Build();
        await host.StartAsync().WaitAsync(DiContainer.Deadline);
        var acme = host.Services.Breakers().GetGroup("tenants").GetOrAdd("acme");
        Abandon(acme, time);
        await host.StopAsync().WaitAsync(DiContainer.Deadline);
        Abandon(acme, time);
        Assert.Equal((1, 1), (acme.Snapshot().Failures, acme.Snapshot().Ignored));
    }

    private static async Task<string> PageOf(PrometheusMetrics metrics)
    {
        using var page = new MemoryStream();
        await metrics.WriteAsync(page);
        return System.Text.Encoding.UTF8.GetString(page.ToArray());
    }

    private static void Abandon(FluxgateBreaker breaker, VirtualTime time)
    {
        var call = breaker.Admit();
        time.Advance(TimeSpan.FromSeconds(10));
        call.SettleAbandoned();
    }

    internal sealed class Received : DiListener;

    private sealed class Requesting(Action attached) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => attached();

        public void OnSignal(Signal signal) { }
    }
}
