using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Checks that breakers are created without a lock: their listeners and parts may request any breaker, on any thread (trap F8).</summary>
public sealed class ConcurrentCreation
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_listeners_that_read_each_others_breaker_do_not_block(bool asKeyedService)
    {
        using var bothAttaching = new Barrier(2);
        FluxgateBreaker?[] read = [null, null];
        IServiceProvider? services = null;
        var listener = new OnAttaching(breaker =>
        {
            var other = breaker.Name == "payments" ? "orders" : "payments";
            Assert.True(bothAttaching.SignalAndWait(DiContainer.Deadline));
            read[breaker.Name == "payments" ? 0 : 1] = Find(services!, other, asKeyedService);
        });
        using var container = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services.AddFluxgateListener(listener);
        });
        services = container;

        var made = Together(() => container.Breakers()["payments"], () => container.Breakers()["orders"]);

        Assert.Equal(["payments", "orders"], made.Select(breaker => breaker.Name));
        Assert.Equal([made[1], made[0]], read);
        Assert.All(made, breaker => Assert.Equal(0, breaker.Snapshot().UserErrors(UserErrorSource.Listener)));
    }

    [Fact]
    public void Two_parts_that_read_each_others_breaker_do_not_block()
    {
        using var bothStarting = new Barrier(2);
        FluxgateBreakers? breakers = null;
        var starts = 0;

        // Each thread creates the other breaker too, since it does not exist yet: only the first two starts wait.
        Window Reading(string other) =>
            new StartingWindow(() =>
            {
                if (Interlocked.Increment(ref starts) <= 2)
                {
                    Assert.True(bothStarting.SignalAndWait(DiContainer.Deadline));
                    Assert.Equal(other, breakers![other].Name);
                }
            });

        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreaker("payments", settings => settings.Window = Reading("orders"))
                .AddBreaker("orders", settings => settings.Window = Reading("payments"))
        );
        breakers = services.Breakers();

        var made = Together(() => breakers["payments"], () => breakers["orders"]);

        Assert.Equal([breakers["payments"], breakers["orders"]], made);
        Assert.All(made, breaker => Assert.Equal(0, breaker.Snapshot().UserErrors(UserErrorSource.Window)));
    }

    [Fact]
    public void Requests_during_attachment_get_the_same_breaker_at_once()
    {
        FluxgateBreakers? breakers = null;
        var found = new FluxgateBreaker?[3];
        var listener = new OnAttaching(_ =>
        {
            List<Thread> others = [.. found.Select((_, index) => new Thread(() => found[index] = breakers!["payments"]))];
            others.ForEach(thread => thread.Start());
            Assert.All(others, thread => Assert.True(thread.Join(DiContainer.Deadline)));
        });
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener(listener);
        });
        breakers = services.Breakers();

        var breaker = breakers["payments"];

        Assert.All(found, other => Assert.Same(breaker, other));
        Assert.Equal(0, breaker.Snapshot().UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void Of_two_concurrent_creations_listeners_receive_only_the_kept_one()
    {
        using var bothStarting = new Barrier(2);
        var listener = new DiListener();
        using var services = DiContainer.Of(services =>
        {
            services
                .AddFluxgate()
                .AddBreaker(
                    "payments",
                    settings => settings.Window = new StartingWindow(() => Assert.True(bothStarting.SignalAndWait(DiContainer.Deadline)))
                );
            services.AddFluxgateListener(listener);
        });
        var breakers = services.Breakers();

        var made = Together(() => breakers["payments"], () => breakers["payments"]);

        Assert.Same(made[0], made[1]);
        Assert.Equal(["payments"], listener.Attached);
        Assert.Empty(listener.Detached);
    }

    [Fact]
    public void A_signal_from_before_a_listener_is_attached_is_received_afterwards()
    {
        FluxgateBreakers? breakers = null;
        var late = new DiListener();
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener(
                new OnAttaching(_ =>
                {
                    breakers!["payments"].Trip();
                    Assert.Empty(late.Signals);
                })
            );
            services.AddFluxgateListener(late);
        });
        breakers = services.Breakers();

        var breaker = breakers["payments"];

        Assert.Equal(0, breaker.Snapshot().UserErrors(UserErrorSource.Listener));
        Assert.Equal(["payments"], late.Attached);
        Assert.Equal([BreakerState.Open], late.Signals.Select(signal => signal.NewState));
    }

    [Fact]
    public void A_configuration_that_changes_during_creation_is_in_force()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        configuration["Breakers:payments:Tripper"] = "FailureStreak(2)";
        var starts = 0;
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate(configuration)
                .AddBreaker(
                    "payments",
                    settings =>
                        settings.Window = new StartingWindow(() =>
                        {
                            if (Interlocked.Increment(ref starts) == 1)
                            {
                                configuration["Breakers:payments:Tripper"] = "FailureStreak(7)";
                                configuration.Reload();
                            }
                        })
                )
        );

        Assert.Equal("FailureStreak(7)", services.Breakers()["payments"].Snapshot().Rule);
    }

    [Fact]
    public void A_container_disposed_during_attachment_detaches_the_listener()
    {
        List<string> log = [];
        ServiceProvider? container = null;
        var listener = new OnAttaching(
            _ =>
            {
                container!.Dispose();
                log.Add("attached");
            },
            () => log.Add("detached")
        );
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener(listener);
        });
        container = services;

        _ = services.Breakers()["payments"];

        Assert.Equal(["attached", "detached"], log);
    }

    [Fact]
    public void Each_failed_creation_throws_its_cause_and_a_later_one_succeeds()
    {
        var attempts = 0;
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreaker(
                    "payments",
                    _ =>
                    {
                        if (++attempts <= 2)
                        {
                            throw new NotSupportedException($"attempt {attempts}");
                        }
                    }
                )
        );
        var breakers = services.Breakers();

        Assert.Equal("attempt 1", Assert.Throws<NotSupportedException>(() => breakers["payments"]).Message);
        Assert.Equal("attempt 2", Assert.Throws<NotSupportedException>(() => breakers["payments"]).Message);
        Assert.Equal("payments", breakers["payments"].Name);
    }

    private static FluxgateBreaker Find(IServiceProvider services, string name, bool asKeyedService) =>
        asKeyedService ? services.GetRequiredKeyedService<FluxgateBreaker>(name) : services.Breakers()[name];

    private static FluxgateBreaker[] Together(params Func<FluxgateBreaker>[] makers)
    {
        var made = new FluxgateBreaker[makers.Length];
        List<Thread> threads = [.. makers.Select((make, index) => new Thread(() => made[index] = make()) { IsBackground = true })];
        threads.ForEach(thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(DiContainer.Deadline), "Two breakers that are made wait for each other."));
        return made;
    }

    private sealed class OnAttaching(Action<FluxgateBreaker> attached, Action? detached = null) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => attached(breaker);

        public void OnDetached(FluxgateBreaker breaker) => detached?.Invoke();

        public void OnSignal(Signal signal) { }
    }

    private sealed class StartingWindow(Action starting) : Window
    {
        public override WindowState Start(WindowContext context)
        {
            starting();
            return new State();
        }

        private sealed class State : WindowState
        {
            public override void Record(in CallCounts call) { }

            public override CallCounts Read() => default;
        }
    }
}
