using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class SettingsFromConfiguration
{
    [Fact]
    public void Every_setting_can_be_configured_as_text()
    {
        var settings = Read(
            """
            "Window": "Time(60s)", "Tripper": "FailureStreak(5) | (MinRequests(20) & FailureRate(50%))",
            "BreakDuration": "Backoff(10s, x2, max 10m, jitter 10%)", "Permit": "Random(20%) & MaxConcurrent(5)", "Recovery": "After(20s)",
            "ProbeLease": "20s", "AbandonedAfter": "7s", "ProbeWithoutTraffic": true, "InitialState": "metrics_only",
            "ListenerQueueCapacity": 64, "ListenerFlushTimeout": "00:00:02"
            """
        );
        Assert.Equal("Time(1m)", settings.Window.ToString());
        Assert.Equal(Tripper.Parse("FailureStreak(5) | (MinRequests(20) & FailureRate(50%))").ToString(), settings.Tripper.ToString());
        Assert.Equal(BreakDuration.Parse("Backoff(10s, x2, max 10m, jitter 10%)").ToString(), settings.BreakDuration.ToString());
        Assert.Equal("Random(20%) & MaxConcurrent(5)", settings.Permit.ToString());
        Assert.Equal("After(20s)", settings.Recovery.ToString());
        Assert.Equal(TimeSpan.FromSeconds(20), settings.ProbeLease);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.AbandonedAfter);
        Assert.True(settings.ProbeWithoutTraffic);
        Assert.Equal(BreakerState.MetricsOnly, settings.InitialState);
        Assert.Equal(64, settings.ListenerQueueCapacity);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.ListenerFlushTimeout);
    }

    [Fact]
    public void Every_setting_except_those_of_code_has_a_key()
    {
        string[] ofCode = ["Listeners", "ProbeGate", "Randomizer"];
        foreach (
            var property in typeof(FluxgateBreakerSettings)
                .GetProperties()
                .Where(property => property.CanWrite)
                .Select(property => property.Name)
        )
        {
            var error = Assert.Throws<OptionsValidationException>(() => Read($"\"{property}\": \"?\""));
            Assert.Contains(ofCode.Contains(property) ? "can only be set in code" : "'?' is invalid", Assert.Single(error.Failures));
        }
    }

    [Theory]
    [InlineData("never")]
    [InlineData("Never")]
    public void AbandonedAfter_may_be_never(string text) =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Read($"\"AbandonedAfter\": \"{text}\"").AbandonedAfter);

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5 s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:01:30", 90_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    public void Durations_are_read_in_several_formats(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read($"\"ProbeLease\": \"{text}\"").ProbeLease);

    [Theory]
    [InlineData("half_open", BreakerState.HalfOpen)]
    [InlineData("HalfOpen", BreakerState.HalfOpen)]
    [InlineData("DISABLED", BreakerState.Disabled)]
    public void States_are_read_as_in_metrics_or_as_in_code(string text, BreakerState state) =>
        Assert.Equal(state, Read($"\"InitialState\": \"{text}\"").InitialState);

    [Fact]
    public void Defaults_apply_to_all_breakers_and_are_overridden_by_name()
    {
        using var services = Services(
            """
            { "Fluxgate": {
                "Defaults": { "Tripper": "FailureStreak(7)", "Window": "Time(30s)" },
                "Breakers": { "payments": { "Tripper": "FailureStreak(3)" }, "orders": {} } } }
            """
        );
        var monitor = services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>();
        Assert.Equal(["orders", "payments"], services.Breakers().Names.Order());
        Assert.Equal("FailureStreak(3)", services.Breakers()["payments"].Snapshot().Rule);
        Assert.Equal("FailureStreak(7)", services.Breakers()["orders"].Snapshot().Rule);
        Assert.Equal("Time(30s)", monitor.Get("payments").Window.ToString());
        Assert.Equal("Time(30s)", monitor.Get("orders").Window.ToString());
        Assert.Equal("FailureStreak(7)", monitor.CurrentValue.Tripper.ToString());
    }

    [Fact]
    public void Code_after_the_configuration_takes_precedence()
    {
        using var services = Services(
            """{ "Fluxgate": { "Breakers": { "payments": { "Tripper": "FailureStreak(3)", "ProbeLease": "20s" } } } }""",
            fluxgate => fluxgate.AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(4))
        );
        var settings = services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments");
        Assert.Equal("FailureStreak(4)", settings.Tripper.ToString());
        Assert.Equal(TimeSpan.FromSeconds(20), settings.ProbeLease);
    }

    [Fact]
    public void Configuration_after_code_takes_precedence_except_its_defaults()
    {
        var json = new ConfigJson(
            """{ "Fluxgate": { "Defaults": { "ProbeLease": "20s" }, "Breakers": { "payments": { "Tripper": "FailureStreak(3)" } } } }"""
        );
        using var services = DiContainer.Of(services =>
        {
            services
                .AddFluxgate()
                .AddBreaker(
                    "payments",
                    settings => (settings.Tripper, settings.ProbeLease) = (Tripper.FailureStreak(4), TimeSpan.FromSeconds(9))
                );
            services.AddFluxgate(json.Section);
        });
        var settings = services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments");
        Assert.Equal("FailureStreak(3)", settings.Tripper.ToString());
        Assert.Equal(TimeSpan.FromSeconds(9), settings.ProbeLease);
    }

    [Fact]
    public void Breaker_names_of_several_providers_are_case_insensitive()
    {
        var root = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Fluxgate:Breakers:payments:Tripper", "FailureStreak(3)")])
            .AddInMemoryCollection([new("FLUXGATE:BREAKERS:PAYMENTS:PROBELEASE", "20s")])
            .Build();
        using var services = DiContainer.Of(services => services.AddFluxgate(root.GetSection("Fluxgate")).AddBreaker("payments"));
        Assert.Equal("payments", Assert.Single(services.Breakers().Names));
        Assert.Equal("FailureStreak(3)", services.Breakers()["payments"].Snapshot().Rule);
        Assert.Equal(
            TimeSpan.FromSeconds(20),
            services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("Payments").ProbeLease
        );
    }

    [Theory]
    [InlineData(
        "\"Tripper\": \"MinRequests(20) & FailureStrek(5)\"",
        "Fluxgate:Breakers:payments:Tripper: 'MinRequests(20) & FailureStrek(5)' is invalid. Column 19: 'FailureStrek' is not a known tripper. Did you mean FailureStreak?"
    )]
    [InlineData(
        "\"Window\": \"\"",
        "Fluxgate:Breakers:payments:Window: '' is invalid. Column 1: expected a window such as Count, but found the end."
    )]
    [InlineData("\"Permit\": null", "Fluxgate:Breakers:payments:Permit: '' is invalid. Column 1: expected a permit")]
    [InlineData(
        "\"BreakDuration\": \"Fixed(0s)\"",
        "Fluxgate:Breakers:payments:BreakDuration: 'Fixed(0s)' is invalid. Column 7: duration must be greater than zero"
    )]
    [InlineData("\"Recovery\": { \"n\": 5 }", "Fluxgate:Breakers:payments:Recovery: expected text, but found a section.")]
    [InlineData(
        "\"ProbeLease\": \"30\"",
        "Fluxgate:Breakers:payments:ProbeLease: '30' is invalid. Column 1: expected a duration such as 250ms, 1s or 2m, but found '30'."
    )]
    [InlineData(
        "\"AbandonedAfter\": \"soon\"",
        "Fluxgate:Breakers:payments:AbandonedAfter: 'soon' is invalid. Column 1: expected a duration such as 250ms, 1s or 2m, but found 'soon'. Or 'never'."
    )]
    [InlineData("\"ProbeLease\": \"0s\"", "Fluxgate:Breakers:payments:ProbeLease: '0s' is invalid. Expected a duration greater than zero")]
    [InlineData(
        "\"ProbeLease\": \"1s 2s\"",
        "Fluxgate:Breakers:payments:ProbeLease: '1s 2s' is invalid. Column 4: expected the end, but found '2s'."
    )]
    [InlineData(
        "\"ProbeLease\": \"-00:00:01\"",
        "Fluxgate:Breakers:payments:ProbeLease: '-00:00:01' is invalid. Expected a duration greater than zero"
    )]
    [InlineData(
        "\"ProbeWithoutTraffic\": \"yes\"",
        "Fluxgate:Breakers:payments:ProbeWithoutTraffic: 'yes' is invalid. Expected true or false."
    )]
    [InlineData(
        "\"InitialState\": \"half-open\"",
        "Fluxgate:Breakers:payments:InitialState: 'half-open' is invalid. Expected one of closed, open, half_open, metrics_only, disabled, forced_open. Did you mean half_open?"
    )]
    [InlineData("\"InitialState\": 2", "Fluxgate:Breakers:payments:InitialState: '2' is invalid. Expected one of closed")]
    [InlineData(
        "\"ListenerQueueCapacity\": 0",
        "Fluxgate:Breakers:payments:ListenerQueueCapacity: '0' is invalid. Expected a whole number from 1 to 2147483647."
    )]
    [InlineData(
        "\"Triper\": \"FailureStreak(5)\"",
        "Fluxgate:Breakers:payments:Triper: unknown key 'Triper' (with the value 'FailureStreak(5)'). Did you mean Tripper? Known keys: Window, Tripper, "
    )]
    [InlineData("\"Listeners\": [ \"log\" ]", "Fluxgate:Breakers:payments:Listeners: Listeners can only be set in code.")]
    [InlineData(
        "\"Tripper\": \"MinRequests(200)\"",
        "Fluxgate:Breakers:payments:Tripper: Tripper can never fire while the circuit is closed"
    )]
    public void An_error_names_path_value_and_what_was_expected(string key, string error) =>
        Assert.StartsWith(error, Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(key)).Failures));

    [Fact]
    public async Task Startup_reports_every_configuration_error_together()
    {
        await using var services = Services(
            """
            { "Fluxgate": {
                "Defaults": { "ProbeLease": "soon" },
                "Brakers": { "typo": {} },
                "Breakers": { "payments": { "Tripper": "?", "Windw": "Count(5)" }, "orders": "on", "": {} } } }
            """
        );
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(services.StartAsync);
        Assert.Collection(
            error.Failures.Order(StringComparer.Ordinal),
            failure => Assert.StartsWith("Fluxgate:Brakers: unknown key 'Brakers'. Did you mean Breakers?", failure),
            failure => Assert.StartsWith("Fluxgate:Breakers:: the name of a breaker must have 1 to 256 characters, but has 0.", failure),
            failure => Assert.StartsWith("Fluxgate:Breakers:orders: 'on' is invalid. Expected a section with the keys Window, ", failure),
            failure => Assert.StartsWith("Fluxgate:Breakers:payments:Tripper: '?' is invalid. Column 1: ", failure),
            failure => Assert.StartsWith("Fluxgate:Breakers:payments:Windw: unknown key 'Windw' (with the value 'Count(5)')", failure),
            failure => Assert.StartsWith("Fluxgate:Defaults:ProbeLease: 'soon' is invalid. Column 1: ", failure)
        );
    }

    [Theory]
    [InlineData(
        """{ "Fluxgate": "on" }""",
        "Fluxgate: 'on' is invalid. Expected a section with the keys Defaults, Breakers and BreakerGroups."
    )]
    [InlineData("""{ "Fluxgate": { "Breakers": "payments" } }""", "Fluxgate:Breakers: 'payments' is invalid. Expected a section")]
    [InlineData("""{ "Fluxgate": { "Defaults": "none" } }""", "Fluxgate:Defaults: 'none' is invalid. Expected a section with the keys")]
    [InlineData(
        """{ "Fluxgate": { "Payments": {} } }""",
        "Fluxgate:Payments: unknown key 'Payments'. Known keys: Defaults, Breakers, BreakerGroups."
    )]
    public async Task A_section_of_another_shape_is_refused_even_without_breakers(string json, string error)
    {
        await using var services = Services(json);
        Assert.StartsWith(error, (await Assert.ThrowsAnyAsync<OptionsValidationException>(services.StartAsync)).Failures.First());
    }

    [Fact]
    public void A_request_for_an_unknown_breaker_names_the_mistyped_section()
    {
        using var services = Services("""{ "Fluxgate": { "Braekers": { "payments": {} } } }""");
        Assert.Contains("Did you mean Breakers?", Assert.Throws<KeyNotFoundException>(() => services.Breakers()["payments"]).Message);
    }

    [Fact]
    public async Task A_missing_section_configures_no_breaker()
    {
        await using var services = Services("{}", fluxgate => fluxgate.AddBreaker("orders"));
        await services.StartAsync();
        Assert.Equal("orders", Assert.Single(services.Breakers()).Name);
    }

    [Fact]
    public void A_section_that_is_added_twice_is_read_once()
    {
        var json = new ConfigJson("""{ "Fluxgate": { "Breakers": { "payments": { "Tripper": "?" } } } }""");
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate(json.Section);
            services.AddFluxgate(json.Section);
        });
        Assert.Single(Assert.ThrowsAny<OptionsValidationException>(() => services.Breakers()["payments"]).Failures);
    }

    [Fact]
    public void A_warning_of_a_rule_is_logged()
    {
        using var log = new ConfigLog();
        using var services = Services(
            """{ "Fluxgate": { "Breakers": { "payments": { "Tripper": "FailureStreak(5) | MinRequests(500)" } } } }""",
            log: log
        );
        var warning = Assert.Single(services.Breakers()["payments"].Warnings);
        Assert.Equal($"Circuit breaker 'payments': {warning}", Assert.Single(log.At(LogLevel.Warning)));
    }

    private static FluxgateBreakerSettings Read(string keys)
    {
        using var services = Services($$"""{ "Fluxgate": { "Breakers": { "payments": { {{keys}} } } } }""");
        return services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments");
    }

    private static ServiceProvider Services(string json, Action<FluxgateBuilder>? more = null, ConfigLog? log = null) =>
        DiContainer.Of(services =>
        {
            services.AddLogging(logging => logging.AddProvider(log ?? new()));
            var fluxgate = services.AddFluxgate(new ConfigJson(json).Section);
            more?.Invoke(fluxgate);
        });
}
