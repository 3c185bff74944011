using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Checks single breakers whose names are known only at run time.</summary>
public sealed class AddedBreakers
{
    [Fact]
    public void A_name_that_is_not_defined_receives_a_breaker_with_the_defaults()
    {
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .ConfigureDefaults(settings => settings.Tripper = Tripper.FailureStreak(4))
                .AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2))
        );
        var breakers = services.Breakers();
        var orders = breakers.GetOrAdd("orders");
        Assert.Equal(("orders", "FailureStreak(4)"), (orders.Name, orders.Snapshot().Rule));
        Assert.Same(orders, breakers.GetOrAdd("ORDERS"));
        Assert.Same(orders, breakers["Orders"]);
        Assert.Same(orders, services.GetRequiredKeyedService<FluxgateBreaker>("orders"));
        Assert.Equal("FailureStreak(2)", breakers.GetOrAdd("Payments").Snapshot().Rule);
        Assert.Equal(["orders", "payments"], breakers.Select(breaker => breaker.Name));
        Assert.Equal(["orders", "payments"], breakers.Names.Order());
    }

    [Fact]
    public async Task An_added_breaker_has_the_clock_and_listeners_of_the_container()
    {
        var listener = new DiListener();
        var world = new ConfigurationWorld(
            "",
            services =>
                services
                    .AddFluxgateListener(listener)
                    .AddFluxgateListener("orders", _ => throw new InvalidOperationException())
                    .AddHealthChecks()
                    .AddFluxgate()
        );
        var orders = world.Breakers.GetOrAdd("orders");
        Assert.Same(world.Time, orders.TimeProvider);
        orders.Trip();
        Assert.Equal(("orders", 1), (Assert.Single(listener.Signals).CircuitName, orders.Snapshot().UserErrors(UserErrorSource.Listener)));
        var report = await world.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().WaitAsync(DiContainer.Deadline);
        Assert.Equal(HealthStatus.Degraded, report.Status);
        world.Dispose();
        Assert.Equal(["orders"], listener.Detached);
        Assert.Throws<ObjectDisposedException>(() => world.Breakers.GetOrAdd("returns"));
    }

    [Fact]
    public void Reloads_reconfigure_an_added_breaker_with_or_without_its_name()
    {
        using var world = new ConfigurationWorld("");
        var orders = world.Breakers.GetOrAdd("orders");
        world.BecomeJson("""{ "Fluxgate": { "Defaults": { "Tripper": "FailureStreak(6)" } } }""");
        Assert.Equal("FailureStreak(6)", orders.Snapshot().Rule);
        world.Become("\"Orders\": { \"Tripper\": \"FailureStreak(7)\" }");
        Assert.Equal("FailureStreak(7)", orders.Snapshot().Rule);
        world.Become("\"Orders\": { \"Tripper\": \"?\" }");
        Assert.NotNull(world.Breakers.GetConfigurationError("orders"));
        world.Become("");
        Assert.Equal("MinRequests(100) & FailureRate(50%)", orders.Snapshot().Rule);
        Assert.Null(world.Breakers.GetConfigurationError("orders"));
        Assert.Same(orders, world.Breakers.GetOrAdd("orders"));
    }

    [Fact]
    public void Names_that_are_invalid_or_those_of_groups_throw()
    {
        using var world = new GroupsWorld();
        var breakers = world.Breakers;
        Assert.Throws<ArgumentNullException>(() => breakers.GetOrAdd(null!));
        Assert.Throws<ArgumentException>(() => breakers.GetOrAdd(""));
        Assert.Throws<ArgumentException>(() => breakers.GetOrAdd(new string('x', 257)));
        Assert.Throws<ArgumentException>(() => breakers.GetOrAdd("BreakerGroups:tenants"));
        Assert.StartsWith(
            "name must be that of a breaker, but 'Tenants' is a group: use GetGroup.",
            Assert.Throws<ArgumentException>(() => breakers.GetOrAdd("Tenants")).Message
        );
        breakers.GetOrAdd("hosts");
        world.BecomeJson(GroupsWorld.JsonOf("\"tenants\": {}, \"hosts\": {}"));
        Assert.False(breakers.Groups.Count > 1);
        Assert.NotNull(breakers.GetConfigurationError("hosts"));
    }

    [Fact]
    public void Invalid_defaults_throw_and_define_no_name()
    {
        using var services = DiContainer.Of(services =>
            services.AddFluxgate().ConfigureDefaults(settings => settings.ProbeLease = TimeSpan.Zero)
        );
        Assert.ThrowsAny<OptionsValidationException>(() => services.Breakers().GetOrAdd("orders"));
        Assert.Empty(services.Breakers().Names);
    }
}
