using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

public sealed class ContainerListenerRegistration
{
    [Fact]
    public void A_listener_receives_the_signals_of_every_breaker_as_one_instance()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services.AddFluxgateListener<Received>().AddFluxgateListener<Received>();
        });
        services.Breakers()["payments"].Trip();
        services.Breakers()["orders"].Trip();
        Assert.Equal(["payments", "orders"], services.GetRequiredService<Received>().Signals.Select(signal => signal.CircuitName));
    }

    [Fact]
    public void A_listener_for_a_name_receives_only_the_signals_of_that_breaker()
    {
        using var instance = new DiListener();
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services
                .AddFluxgateListener<Received>("payments")
                .AddFluxgateListener("orders", _ => new Factored())
                .AddFluxgateListener("PAYMENTS", instance)
                .AddFluxgateListener("PAYMENTS", instance);
        });
        services.Breakers()["payments"].Trip();
        services.Breakers()["orders"].Trip();
        Assert.Equal(["payments"], services.GetRequiredService<Received>().Attached);
        Assert.Equal(["payments"], instance.Attached);
        Assert.Equal("payments", Assert.Single(instance.Signals).CircuitName);
    }

    [Fact]
    public async Task Lambdas_are_listeners()
    {
        ConcurrentQueue<string> received = [];
        await using (
            var services = DiContainer.Of(services =>
            {
                services
                    .AddFluxgate()
                    .AddBreaker("payments")
                    .AddBreaker("orders")
                    .ConfigureDefaults(settings => settings.ListenerFlushTimeout = DiContainer.Deadline);
                services
                    .AddFluxgateListener(signal => received.Enqueue($"all {signal.CircuitName}"))
                    .AddFluxgateListener("orders", signal => received.Enqueue($"one {signal.CircuitName}"))
                    .AddFluxgateListener(async (signal, _) => received.Enqueue(await Later($"all, later, {signal.CircuitName}")))
                    .AddFluxgateListener("orders", async (signal, _) => received.Enqueue(await Later($"one, later, {signal.CircuitName}")));
            })
        )
        {
            services.Breakers()["payments"].Trip();
            services.Breakers()["orders"].Trip();
        }

        Assert.Equal(
            ["all orders", "all payments", "all, later, orders", "all, later, payments", "one orders", "one, later, orders"],
            received.Order(StringComparer.Ordinal)
        );

        static async Task<string> Later(string text)
        {
            await Task.Yield();
            return text;
        }
    }

    [Fact]
    public void A_listener_registered_for_all_and_for_one_receives_signals_once()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener<Received>().AddFluxgateListener<Received>("payments");
        });
        services.Breakers()["payments"].Trip();
        Assert.Single(services.GetRequiredService<Received>().Signals);
    }

    [Fact]
    public void A_factory_creates_one_listener_and_the_container_disposes_it()
    {
        List<Factored> made = [];
        using (
            var services = DiContainer.Of(services =>
            {
                services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
                services.AddFluxgateListener(_ =>
                {
                    made.Add(new());
                    return made[^1];
                });
            })
        )
        {
            services.Breakers()["payments"].Trip();
            services.Breakers()["orders"].Trip();
            Assert.Equal(2, Assert.Single(made).Signals.Count);
            Assert.False(made[0].Disposed);
        }

        Assert.True(made[0].Disposed);
    }

    [Fact]
    public void A_transient_listener_is_created_once_and_disposed_after_breakers()
    {
        List<Factored> made = [];
        using (
            var services = DiContainer.Of(services =>
            {
                services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
                services.AddTransient(_ =>
                {
                    made.Add(new());
                    return made[^1];
                });
                services.AddFluxgateListener<Factored>();
            })
        )
        {
            _ = (services.Breakers()["payments"], services.Breakers()["orders"]);
        }

        var listener = Assert.Single(made);
        Assert.Equal(["orders", "payments"], listener.Detached.Order());
        Assert.True(listener.Disposed);
        Assert.False(listener.CalledAfterDisposal);
    }

    [Fact]
    public void Listeners_of_the_settings_are_called_beside_those_of_the_container()
    {
        using var own = new DiListener();
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments", settings => settings.Listeners.Add(own));
            services.AddFluxgateListener<Received>();
        });
        services.Breakers()["payments"].Trip();
        Assert.Single(own.Signals);
        Assert.Single(services.GetRequiredService<Received>().Signals);
    }

    [Fact]
    public void A_listener_can_depend_on_FluxgateBreakers()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services.AddFluxgateListener<ForcingOther>();
        });
        var payments = services.Breakers()["payments"];
        _ = services.Breakers()["orders"];
        payments.Trip();
        Assert.Equal(BreakerState.ForcedOpen, services.Breakers()["orders"].State);
    }

    [Fact]
    public void A_listener_whose_constructor_throws_is_named_in_the_error()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener<Throws>();
        });
        var error = Assert.Throws<InvalidOperationException>(() => services.Breakers()["payments"]);
        Assert.Equal($"The listener {typeof(Throws)} of all breakers could not be created: no key in the safe", error.Message);
        Assert.IsType<NotSupportedException>(error.InnerException);
        Assert.Empty(services.Breakers());
    }

    [Fact]
    public void A_factory_that_returns_null_is_named_in_the_error()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener<Factored>("payments", _ => null!);
        });
        var error = Assert.Throws<InvalidOperationException>(() => services.Breakers()["payments"]);
        Assert.Equal(
            $"The listener {typeof(Factored)} of the breaker 'payments' could not be created: the factory returned null.",
            error.Message
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_listener_that_requests_a_breaker_in_its_constructor_throws(bool listenerFirst)
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services.AddFluxgateListener<RequestingInConstructor>();
        });
        var error = Assert.Throws<InvalidOperationException>(() =>
            listenerFirst ? services.GetRequiredService<RequestingInConstructor>() : (object)services.Breakers()["payments"]
        );
        Assert.Contains("The breaker 'orders' is requested while the container creates the listeners", error.Message);
    }

    [Fact]
    public void A_listener_can_request_its_own_breaker_in_OnAttached()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener<Attaching>();
        });
        Assert.Equal(BreakerState.ForcedOpen, services.Breakers()["payments"].State);
        Assert.Equal(0, services.Breakers()["payments"].Snapshot().UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void A_listener_of_neither_kind_throws()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener<Neither>();
        });
        var error = Assert.Throws<InvalidOperationException>(() => services.Breakers()["payments"]);
        Assert.Contains("must be either an ICircuitListener or an IAsyncCircuitListener, but is neither", error.Message);
    }

    [Fact]
    public void Null_and_empty_arguments_throw()
    {
        IServiceCollection services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddFluxgateListener<Received>());
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgateListener((IListener)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgateListener((Func<IServiceProvider, Factored>)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgateListener((Action<Signal>)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgateListener((Func<Signal, CancellationToken, ValueTask>)null!));
        Assert.Throws<ArgumentException>(() => services.AddFluxgateListener("", signal => { }));
        Assert.Throws<ArgumentException>(() => services.AddFluxgateListener("", (_, _) => default));
        Assert.Throws<ArgumentException>(() => services.AddFluxgateListener<Received>(""));
        Assert.Throws<ArgumentException>(() => services.AddFluxgateListener("", new Factored()));
        Assert.Throws<ArgumentException>(() => services.AddFluxgateListener("", _ => new Factored()));
    }

    internal sealed class Received : DiListener;

    internal sealed class Factored : DiListener;

    internal sealed class Neither : IListener;

    internal sealed class ForcingOther(FluxgateBreakers breakers) : ICircuitListener
    {
        public void OnSignal(Signal signal)
        {
            if (signal.CircuitName == "payments")
            {
                breakers["orders"].ForceOpen("payments is down");
            }
        }
    }

    internal sealed class RequestingInConstructor : ICircuitListener
    {
        public RequestingInConstructor(FluxgateBreakers breakers) => breakers["orders"].Trip();

        public void OnSignal(Signal signal) { }
    }

    internal sealed class Attaching(FluxgateBreakers breakers) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => breakers[breaker.Name].ForceOpen();

        public void OnSignal(Signal signal) { }
    }

    internal sealed class Throws : ICircuitListener
    {
        public Throws() => throw new NotSupportedException("no key in the safe");

        public void OnSignal(Signal signal) { }
    }
}
