using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class GroupHealthChecks
{
    [Theory]
    [InlineData(0, HealthStatus.Healthy)]
    [InlineData(6, HealthStatus.Healthy)]
    [InlineData(7, HealthStatus.Unhealthy)]
    [InlineData(100, HealthStatus.Unhealthy)]
    public async Task A_group_fails_when_its_ratio_of_open_circuits_reaches_the_limit(int open, HealthStatus expected)
    {
        using var world = World(checks => checks.AddFluxgateBreakerGroup("tenants", 0.07, failureStatus: HealthStatus.Unhealthy));
        Put(world, open, BreakerState.Open);
        Assert.Equal(expected, (await world.CheckAsync("fluxgate-tenants")).Status);
    }

    [Theory]
    [InlineData(BreakerState.Closed, HealthStatus.Healthy)]
    [InlineData(BreakerState.MetricsOnly, HealthStatus.Healthy)]
    [InlineData(BreakerState.Disabled, HealthStatus.Healthy)]
    [InlineData(BreakerState.HalfOpen, HealthStatus.Degraded)]
    [InlineData(BreakerState.ForcedOpen, HealthStatus.Unhealthy)]
    public async Task Each_state_counts_as_for_a_breaker(BreakerState state, HealthStatus expected)
    {
        using var world = World(checks => checks.AddFluxgateBreakerGroup("tenants", failureStatus: HealthStatus.Unhealthy));
        Put(world, 10, state);
        Assert.Equal(expected, (await world.CheckAsync("fluxgate-tenants")).Status);
    }

    // A load balancer that removes the instance would keep the calls away that close the circuits.
    [Fact]
    public async Task Open_circuits_whose_break_is_over_are_degraded()
    {
        using var world = World(checks => checks.AddFluxgateBreakerGroup("tenants", failureStatus: HealthStatus.Unhealthy));
        Put(world, 50, BreakerState.Open);
        world.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HealthStatus.Unhealthy, (await world.CheckAsync("fluxgate-tenants")).Status);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Degraded, (await world.CheckAsync("fluxgate-tenants")).Status);
        Put(world, 60, BreakerState.Open, from: 50);
        Assert.Equal(HealthStatus.Unhealthy, (await world.CheckAsync("fluxgate-tenants")).Status);
    }

    [Fact]
    public async Task The_data_contain_counts_the_shared_circuit_and_the_worst_keys()
    {
        using var world = World(checks => checks.AddFluxgateBreakerGroup("tenants", tags: ["ready"]));
        Put(world, 12, BreakerState.Open);
        world.Tenants.GetOrAdd("t-050").MetricsOnly();
        var entry = await world.CheckAsync("fluxgate-tenants");
        Assert.Equal(
            (
                HealthStatus.Degraded,
                "12 of 100 circuits of tenants restrict calls: t-000 is open (tripped by hand); t-001 is open (tripped by hand); t-002 is open (tripped by hand); 9 more"
            ),
            (entry.Status, entry.Description)
        );
        Assert.Equal(["ready"], entry.Tags);
        Assert.Equal(100, entry.Data["circuits"]);
        var states = Data(entry.Data["states"]);
        Assert.Equal((12, 1, 87, 0), (states["open"], states["metrics_only"], states["closed"], states["half_open"]));
        Assert.Equal("closed", Data(entry.Data["shared"])["state"]);
        var worst = Assert.IsAssignableFrom<IEnumerable<object>>(entry.Data["worst"]).Select(Data).ToArray();
        Assert.Equal(10, worst.Length);
        Assert.Equal(("t-000", "open", "tripped by hand"), (worst[0]["key"], worst[0]["state"], worst[0]["reason"]));
        Assert.Equal(world.Time.GetUtcNow() + TimeSpan.FromSeconds(60), worst[0]["next_probe"]);
    }

    [Fact]
    public async Task A_group_whose_circuits_are_closed_is_healthy_and_lists_none()
    {
        using var world = World(checks => checks.AddFluxgateBreakerGroup("tenants", name: "t"));
        var entry = await world.CheckAsync("t");
        Assert.Equal((HealthStatus.Healthy, "100 circuits of tenants admit all calls"), (entry.Status, entry.Description));
        Assert.Empty(Assert.IsAssignableFrom<IEnumerable<object>>(entry.Data["worst"]));
    }

    [Fact]
    public async Task A_shared_circuit_that_restricts_calls_is_degraded()
    {
        using var world = World(checks => checks.AddFluxgateBreakerGroup("tenants", failureStatus: HealthStatus.Unhealthy));
        world.Tenants.Shared.Trip("overload");
        var entry = await world.CheckAsync("fluxgate-tenants");
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal("0 of 100 circuits of tenants restrict calls: the shared circuit is open (overload)", entry.Description);
    }

    [Fact]
    public async Task The_check_of_all_breakers_has_one_entry_for_a_group()
    {
        using var world = World(checks => checks.AddFluxgate());
        world.Breakers.GetOrAdd("payments");
        Assert.Equal("2 breakers and groups admit all calls", (await world.CheckAsync("fluxgate")).Description);
        Put(world, 1, BreakerState.Open);
        var entry = await world.CheckAsync("fluxgate");
        Assert.Equal(["payments", "tenants"], entry.Data.Keys.Order());
        Assert.Equal(
            (
                HealthStatus.Healthy,
                "1 of 2 breakers and groups restrict calls: 1 of 100 circuits of tenants restrict calls: t-000 is open (tripped by hand)"
            ),
            (entry.Status, entry.Description)
        );
        Put(world, 10, BreakerState.Open);
        Assert.Equal(HealthStatus.Degraded, (await world.CheckAsync("fluxgate")).Status);
    }

    [Fact]
    public async Task A_refused_configuration_is_in_the_data_and_changes_no_status()
    {
        using var world = World(checks => checks.AddFluxgate().AddFluxgateBreakerGroup("tenants"));
        world.BecomeJson(GroupsWorld.JsonOf("\"tenants\": { \"MaxBreakers\": 0 }, \"hosts\": { \"MaxBreakers\": 0 }"));
        var one = await world.CheckAsync("fluxgate-tenants");
        Assert.Equal(HealthStatus.Healthy, one.Status);
        Assert.EndsWith("; the changed configuration is invalid", one.Description);
        Assert.StartsWith("Fluxgate:BreakerGroups:tenants:MaxBreakers: '0'", Assert.IsType<string>(one.Data["configuration_error"]));
        var all = (await world.CheckAsync("fluxgate")).Data;
        Assert.Contains("configuration_error", Data(all["tenants"]));
        Assert.Contains("configuration_error", Data(all["hosts"]));
    }

    [Fact]
    public async Task A_key_cannot_forge_lines_and_is_shortened()
    {
        using var world = World(checks => checks.AddFluxgateBreakerGroup("tenants", 0.001));
        world.Tenants.GetOrAdd($"a\nb\u202e{new string('x', 10_000)}").ForceOpen();
        var entry = await world.CheckAsync("fluxgate-tenants");
        Assert.Contains($"a b {new string('x', 196)}… is forced_open", entry.Description);
        Assert.InRange(entry.Description!.Length, 0, 500);
    }

    [Fact]
    public void An_undefined_group_is_an_error_at_startup()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreakerGroup("tenants").AddBreaker("payments");
            services.AddLogging().AddHealthChecks().AddFluxgateBreakerGroup("payments").AddFluxgateBreaker("tenants");
            services.AddFluxgateListener("tenant", _ => { });
        });
        var errors = Assert.ThrowsAny<OptionsValidationException>(services.Breakers().Start).Message.Split(Environment.NewLine);
        Assert.Equal(
            [
                "- The health check 'fluxgate-payments' refers to the group 'payments', which is not defined. Known groups: 'tenants'. Add it with AddBreakerGroup or under BreakerGroups in the configuration.",
                "- The health check 'fluxgate-tenants' refers to the breaker 'tenants', which is not defined. Known breakers: 'payments'. Add it with AddBreaker or under Breakers in the configuration.",
            ],
            errors[1..3]
        );
        Assert.EndsWith(
            "refers to the breaker 'tenant', which is not defined. Known breakers: 'payments'. Add it with AddBreaker or under Breakers in the configuration.",
            errors[3]
        );
    }

    [Fact]
    public void Invalid_arguments_throw()
    {
        var checks = new ServiceCollection().AddHealthChecks();
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddFluxgateBreakerGroup("tenants"));
        Assert.Throws<ArgumentNullException>(() => checks.AddFluxgateBreakerGroup(null!));
        Assert.Contains("group must have 1 to 256", Assert.Throws<ArgumentException>(() => checks.AddFluxgateBreakerGroup("")).Message);
        foreach (var ratio in new[] { 0, -1, 1.01, double.NaN })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddFluxgateBreakerGroup("tenants", ratio));
            Assert.StartsWith("degradedFrom must be greater than 0 and at most 1 (1 is 100%), but is ", error.Message);
        }
    }

    private static IReadOnlyDictionary<string, object> Data(object data) =>
        Assert.IsAssignableFrom<IReadOnlyDictionary<string, object>>(data);

    private static GroupsWorld World(Action<IHealthChecksBuilder> add)
    {
        var world = new GroupsWorld(more: services => add(services.AddHealthChecks()));
        for (var key = 0; key < 100; key++)
        {
            world.Tenants.GetOrAdd(Key(key));
        }

        return world;
    }

    private static string Key(int number) => $"t-{number:D3}";

    private static void Put(GroupsWorld world, int count, BreakerState state, int from = 0)
    {
        for (var key = from; key < count; key++)
        {
            var breaker = world.Tenants.GetOrAdd(Key(key));
            _ = state switch
            {
                BreakerState.Open => breaker.Trip(),
                BreakerState.HalfOpen => breaker.Probe(),
                BreakerState.MetricsOnly => breaker.MetricsOnly(),
                BreakerState.Disabled => breaker.Disable(),
                BreakerState.ForcedOpen => breaker.ForceOpen(),
                _ => breaker.Reset(),
            };
        }
    }
}
