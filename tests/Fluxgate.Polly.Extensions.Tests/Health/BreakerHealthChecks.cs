using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

public sealed class BreakerHealthChecks
{
    [Theory]
    [InlineData(BreakerState.Closed, HealthStatus.Healthy, HealthStatus.Healthy)]
    [InlineData(BreakerState.Open, HealthStatus.Degraded, HealthStatus.Unhealthy)]
    [InlineData(BreakerState.HalfOpen, HealthStatus.Degraded, HealthStatus.Degraded)]
    [InlineData(BreakerState.MetricsOnly, HealthStatus.Healthy, HealthStatus.Healthy)]
    [InlineData(BreakerState.Disabled, HealthStatus.Healthy, HealthStatus.Healthy)]
    [InlineData(BreakerState.ForcedOpen, HealthStatus.Degraded, HealthStatus.Unhealthy)]
    public async Task Each_state_has_its_status(BreakerState state, HealthStatus byDefault, HealthStatus whenUnhealthy)
    {
        using var world = new HealthWorld(checks =>
            checks.AddFluxgate().AddFluxgate("severe", HealthStatus.Unhealthy).AddFluxgateBreaker("payments")
        );
        world.Put("payments", state);
        var report = await world.CheckAsync();
        Assert.Equal(byDefault, report.Entries["fluxgate"].Status);
        Assert.Equal(whenUnhealthy, report.Entries["severe"].Status);
        Assert.Equal(byDefault, report.Entries["fluxgate-payments"].Status);
    }

    [Fact]
    public async Task An_open_circuit_reports_reason_and_next_probe()
    {
        using var world = new HealthWorld(checks => checks.AddFluxgateBreaker("payments", tags: ["ready"]));
        world.Breakers["payments"].Fail(3);
        var entry = (await world.CheckAsync()).Entries["fluxgate-payments"];
        var now = world.Time.GetUtcNow();
        Assert.Equal("payments is open (FailureStreak 3 >= 3), next probe 2026-01-01 01:01:00Z", entry.Description);
        Assert.Equal("open", entry.Data["state"]);
        Assert.Equal("FailureStreak 3 >= 3", entry.Data["reason"]);
        Assert.Equal(now, entry.Data["since"]);
        Assert.Equal(now + TimeSpan.FromSeconds(60), entry.Data["next_probe"]);
        Assert.False(entry.Data.ContainsKey("failure_rate"));
        Assert.Equal(["ready"], entry.Tags);
    }

    [Fact]
    public async Task A_closed_circuit_reports_its_failure_rate()
    {
        using var world = new HealthWorld(checks => checks.AddFluxgateBreaker("payments", name: "pay"));
        var breaker = world.Breakers["payments"];
        breaker.Fail();
        breaker.Settle(breaker.Admit(), Verdict.Success);
        var entry = (await world.CheckAsync()).Entries["pay"];
        Assert.Equal((HealthStatus.Healthy, "payments is closed (initial state)"), (entry.Status, entry.Description));
        Assert.Equal(0.5, entry.Data["failure_rate"]);
        Assert.False(entry.Data.ContainsKey("next_probe"));
    }

    // A server that is out of rotation gets no call, and without a call the circuit stays open.
    [Fact]
    public async Task An_open_circuit_after_its_break_is_degraded()
    {
        using var world = new HealthWorld(checks => checks.AddFluxgateBreaker("payments", failureStatus: HealthStatus.Unhealthy));
        world.Breakers["payments"].Fail(3);
        world.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HealthStatus.Unhealthy, (await world.CheckAsync()).Status);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.Open, world.Breakers["payments"].State);
        Assert.Equal(HealthStatus.Degraded, (await world.CheckAsync()).Status);
    }

    [Fact]
    public async Task A_circuit_open_until_reset_keeps_the_failure_status()
    {
        using var world = new HealthWorld(checks => checks.AddFluxgateBreaker("orders", failureStatus: HealthStatus.Unhealthy));
        world.Breakers["orders"].Trip();
        world.Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(HealthStatus.Unhealthy, (await world.CheckAsync()).Status);
    }

    [Fact]
    public async Task Open_can_count_as_healthy()
    {
        using var world = new HealthWorld(checks => checks.AddFluxgate(failureStatus: HealthStatus.Healthy));
        world.Put("payments", BreakerState.Open);
        world.Put("orders", BreakerState.HalfOpen);
        Assert.Equal(HealthStatus.Healthy, (await world.CheckAsync()).Status);
    }

    [Fact]
    public async Task The_check_of_all_breakers_is_the_worst_and_names_rejecting_circuits()
    {
        using var world = new HealthWorld(checks => checks.AddFluxgate(failureStatus: HealthStatus.Unhealthy));
        var entry = (await world.CheckAsync()).Entries["fluxgate"];
        Assert.Equal((HealthStatus.Healthy, "2 breakers admit all calls"), (entry.Status, entry.Description));

        world.Breakers["payments"].Probe("trying");
        world.Breakers["orders"].ForceOpen("maintenance");
        entry = (await world.CheckAsync()).Entries["fluxgate"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal(
            "2 of 2 breakers restrict calls: orders is forced_open (maintenance); payments is half_open (trying)",
            entry.Description
        );
        Assert.Equal("forced_open", Assert.IsAssignableFrom<IReadOnlyDictionary<string, object>>(entry.Data["orders"])["state"]);
    }

    [Fact]
    public async Task A_refused_configuration_is_in_the_data_and_changes_no_status()
    {
        var json = new ConfigJson(ConfigFile.Json("\"payments\": {}"));
        await using var services = DiContainer.Of(services =>
        {
            services.AddLogging();
            services.AddFluxgate(json.Section);
            services.AddHealthChecks().AddFluxgate().AddFluxgateBreaker("payments");
        });
        await services.StartAsync();
        json.Become(ConfigFile.Json("\"payments\": { \"Tripper\": \"?\" }, \"orders\": { \"Window\": \"?\" }"));
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Status);
        var one = report.Entries["fluxgate-payments"];
        Assert.StartsWith("Fluxgate:Breakers:payments:Tripper: '?'", Assert.IsType<string>(one.Data["configuration_error"]));
        Assert.EndsWith("; the changed configuration is invalid", one.Description);
        var all = report.Entries["fluxgate"].Data;
        Assert.Contains("configuration_error", Assert.IsAssignableFrom<IReadOnlyDictionary<string, object>>(all["payments"]));
        Assert.Contains("configuration_error", Assert.IsAssignableFrom<IReadOnlyDictionary<string, object>>(all["orders"]));
    }

    [Fact]
    public async Task A_check_for_an_unknown_breaker_fails_until_it_is_configured()
    {
        var json = new ConfigJson(ConfigFile.Json("\"payments\": {}"));
        await using var services = DiContainer.Of(services =>
        {
            services.AddLogging();
            services.AddFluxgate(json.Section);
            services.AddHealthChecks().AddFluxgateBreaker("payouts", failureStatus: HealthStatus.Unhealthy);
        });
        await services.StartAsync();
        var checks = services.GetRequiredService<HealthCheckService>();
        var entry = (await checks.CheckHealthAsync()).Entries["fluxgate-payouts"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("No breaker is named 'payouts'. Known breakers: 'payments'", entry.Description);
        json.Become(ConfigFile.Json("\"payments\": {}, \"payouts\": {}"));
        Assert.Equal(HealthStatus.Healthy, (await checks.CheckHealthAsync()).Status);
    }

    [Fact]
    public void Invalid_arguments_throw()
    {
        var checks = new ServiceCollection().AddHealthChecks();
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddFluxgate());
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddFluxgateBreaker("payments"));
        Assert.Throws<ArgumentException>(() => checks.AddFluxgate(""));
        Assert.Throws<ArgumentNullException>(() => checks.AddFluxgateBreaker(null!));
        Assert.Contains("breaker must have 1 to 256", Assert.Throws<ArgumentException>(() => checks.AddFluxgateBreaker("")).Message);
    }
}
