using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

public sealed class ChangedConfiguration
{
    private const string Streak3 = "\"payments\": { \"Tripper\": \"FailureStreak(3)\" }";
    private const string Streak5 = "\"payments\": { \"Tripper\": \"FailureStreak(5)\" }";
    private const string Broken = "\"payments\": { \"Tripper\": \"FailureStrek(5)\", \"ProbeLease\": \"1s\" }";

    [Fact]
    public void A_live_breaker_keeps_its_state_under_the_changed_rule()
    {
        using var world = new ConfigurationWorld(Streak5);
        var breaker = world.Breakers["payments"];
        breaker.Fail(2);
        var inFlight = breaker.Admit();
        world.Become(Streak3);
        Assert.Same(breaker, world.Breakers["payments"]);
        breaker.Settle(inFlight, Verdict.Failure);
        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal((3, 0), (breaker.Snapshot().Failures, breaker.Snapshot().Stale));
        Assert.Contains(world.Log.At(LogLevel.Information), text => text.Contains("Tripper: FailureStreak(5) -> FailureStreak(3)"));
        Assert.Equal(
            "FailureStreak(3)",
            world.Services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments").Tripper.ToString()
        );
    }

    [Fact]
    public void A_change_without_effect_raises_no_notice()
    {
        using var listener = new NoticeListener();
        using var world = new ConfigurationWorld(Streak5, services => services.AddFluxgateListener(listener));
        world.Become(Streak5);
        world.Become(Streak3);
        world.Become(Streak3);
        Assert.IsType<ReconfiguredNotice>(Assert.Single(listener.Notices));
    }

    [Fact]
    public void An_invalid_change_is_refused_as_a_whole_and_reported_once()
    {
        using var world = new ConfigurationWorld(Streak5);
        world.Become(Broken);
        world.Become(Broken);
        Assert.Equal("FailureStreak(5)", world.RuleOf("payments"));
        var inForce = world.Services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments");
        Assert.Equal(("FailureStreak(5)", TimeSpan.FromSeconds(30)), (inForce.Tripper.ToString(), inForce.ProbeLease));
        var logged = Assert.Single(world.Log.At(LogLevel.Error));
        Assert.Contains("Circuit breaker 'payments': the changed configuration is invalid, the previous settings stay in force.", logged);
        Assert.Contains("Fluxgate:Breakers:payments:Tripper: 'FailureStrek(5)' is invalid. Column 1: ", logged);
        Assert.StartsWith("Fluxgate:Breakers:payments:Tripper: 'FailureStrek(5)'", world.Breakers.GetConfigurationError("PAYMENTS"));
    }

    [Fact]
    public void A_repaired_change_takes_effect()
    {
        using var world = new ConfigurationWorld(Streak5);
        world.Become(Broken);
        world.Become(Streak3);
        Assert.Equal("FailureStreak(3)", world.RuleOf("payments"));
        Assert.Null(world.Breakers.GetConfigurationError("payments"));
        Assert.Contains("Circuit breaker 'payments': the configuration is valid again.", world.Log.At(LogLevel.Information));
    }

    [Fact]
    public void A_change_that_is_invalid_for_one_breaker_changes_the_others()
    {
        using var world = new ConfigurationWorld($"{Streak5}, \"orders\": {{}}");
        world.Become($"{Broken}, \"orders\": {{ \"Tripper\": \"FailureStreak(9)\" }}");
        Assert.Equal("FailureStreak(5)", world.RuleOf("payments"));
        Assert.Equal("FailureStreak(9)", world.RuleOf("orders"));
        Assert.Null(world.Breakers.GetConfigurationError("orders"));
    }

    [Fact]
    public void Invalid_defaults_are_refused_for_all_breakers()
    {
        using var world = new ConfigurationWorld($"{Streak5}, \"orders\": {{}}");
        world.BecomeJson(
            """{ "Fluxgate": { "Defaults": { "Window": "Tme(5s)" }, "Breakers": { "payments": { "Tripper": "FailureStreak(3)" }, "orders": {} } } }"""
        );
        Assert.Equal("FailureStreak(5)", world.RuleOf("payments"));
        Assert.Contains("Fluxgate:Defaults:Window: 'Tme(5s)'", world.Breakers.GetConfigurationError("payments"));
        Assert.Contains("Fluxgate:Defaults:Window: 'Tme(5s)'", world.Breakers.GetConfigurationError("orders"));
    }

    [Fact]
    public void A_change_for_which_code_throws_keeps_the_old_settings()
    {
        var throws = false;
        using var world = new ConfigurationWorld(
            Streak5,
            services =>
                services.PostConfigure<FluxgateBreakerSettings>(
                    "payments",
                    _ =>
                    {
                        if (throws)
                        {
                            throw new NotSupportedException("not today");
                        }
                    }
                )
        );
        throws = true;
        world.Become(Streak3);
        Assert.Equal("FailureStreak(5)", world.RuleOf("payments"));
        Assert.Equal("NotSupportedException: not today", world.Breakers.GetConfigurationError("payments"));
    }

    [Fact]
    public void A_change_that_the_breaker_refuses_keeps_the_old_settings()
    {
        using var world = new ConfigurationWorld(Streak5);
        var monitor = world.Services.GetRequiredService<SettingsMonitor>();
        monitor.Apply = (_, _) => throw new NotSupportedException("no");
        world.Become($"{Streak3}, \"orders\": {{}}");
        Assert.Equal("FailureStreak(5)", monitor.Get("payments").Tripper.ToString());
        Assert.Equal("NotSupportedException: no", world.Breakers.GetConfigurationError("payments"));
        Assert.Equal("NotSupportedException: no", world.Breakers.GetConfigurationError("orders"));
    }

    [Fact]
    public void An_added_breaker_is_created_at_once()
    {
        using var world = new ConfigurationWorld(Streak5);
        world.Become($"{Streak5}, \"orders\": {{}}");
        Assert.Equal(["orders", "payments"], world.Breakers.Select(breaker => breaker.Name));
    }

    [Fact]
    public void An_added_breaker_that_is_invalid_is_created_when_it_is_repaired()
    {
        using var world = new ConfigurationWorld(Streak5);
        world.Become($"{Streak5}, \"orders\": {{ \"Window\": \"?\" }}");
        Assert.Contains(
            world.Log.At(LogLevel.Error),
            text => text.Contains("'orders': the configuration is invalid, the breaker was not created.")
        );
        Assert.ThrowsAny<OptionsValidationException>(() => world.Breakers["orders"]);
        Assert.Contains("Fluxgate:Breakers:orders:Window", world.Breakers.GetConfigurationError("orders"));
        world.Become($"{Streak5}, \"orders\": {{}}");
        Assert.Equal(2, world.Breakers.Count());
        Assert.Null(world.Breakers.GetConfigurationError("orders"));
    }

    [Fact]
    public void A_removed_breaker_keeps_its_last_settings_and_can_be_added_again()
    {
        using var world = new ConfigurationWorld($"{Streak5}, \"orders\": {{ \"Tripper\": \"FailureStreak(9)\" }}");
        var orders = world.Breakers["orders"];
        world.Become(Streak3);
        world.Become(Streak5);
        Assert.Same(orders, world.Breakers["orders"]);
        Assert.Equal("FailureStreak(9)", world.RuleOf("orders"));
        Assert.Contains("orders", world.Breakers.Names);
        Assert.Contains("'orders' was removed from the configuration", Assert.Single(world.Log.At(LogLevel.Warning)));
        world.Become($"{Streak5}, \"orders\": {{ \"Tripper\": \"FailureStreak(8)\" }}");
        Assert.Equal("FailureStreak(8)", world.RuleOf("orders"));
    }

    [Fact]
    public void A_breaker_of_code_returns_to_the_defaults_without_its_section()
    {
        using var world = new ConfigurationWorld($"{Streak5}, \"orders\": {{}}", services => services.AddFluxgate().AddBreaker("payments"));
        world.BecomeJson("""{ "Fluxgate": { "Defaults": { "Tripper": "FailureStreak(8)" } } }""");
        Assert.Equal("FailureStreak(8)", world.RuleOf("payments"));
    }

    [Fact]
    public void A_new_warning_is_logged()
    {
        using var world = new ConfigurationWorld(Streak5);
        world.Become("\"payments\": { \"Tripper\": \"FailureStreak(5) | MinRequests(500)\" }");
        Assert.Contains("MinRequests(500)", Assert.Single(world.Log.At(LogLevel.Warning)));
    }

    [Fact]
    public void A_custom_change_token_source_triggers_a_reconfiguration()
    {
        var streak = 5;
        using var change = new CancellationTokenSource();
        using var world = new ConfigurationWorld(
            "\"payments\": {}",
            services =>
            {
                services.Configure<FluxgateBreakerSettings>("payments", settings => settings.Tripper = Tripper.FailureStreak(streak));
                services.AddSingleton<IOptionsChangeTokenSource<FluxgateBreakerSettings>>(new Once(change.Token));
            }
        );
        streak = 2;
        change.Cancel();
        Assert.Equal("FailureStreak(2)", world.RuleOf("payments"));
    }

    [Fact]
    public void OnChange_receives_only_settings_in_force_and_may_throw()
    {
        using var world = new ConfigurationWorld(Streak5);
        List<string> received = [];
        var monitor = world.Services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>();
        using var bad = monitor.OnChange((_, _) => throw new NotSupportedException());
        var subscription = monitor.OnChange((settings, name) => received.Add($"{name} {settings.Tripper}"));
        world.Become(Broken);
        world.Become(Streak3);
        subscription!.Dispose();
        world.Become(Streak5);
        Assert.Equal(["payments FailureStreak(3)"], received);
        Assert.Equal("FailureStreak(5)", world.RuleOf("payments"));
    }

    [Fact]
    public void A_change_during_a_reconfiguration_is_not_lost()
    {
        Tripper? ofCode = null;
        using var change = new CancellationTokenSource();
        using var listener = new NoticeListener
        {
            Received = () =>
            {
                ofCode = Tripper.FailureStreak(2);
                change.Cancel();
            },
        };
        using var world = new ConfigurationWorld(
            "\"payments\": {}",
            services =>
            {
                services.AddFluxgateListener(listener);
                services.Configure<FluxgateBreakerSettings>("payments", settings => settings.Tripper = ofCode ?? settings.Tripper);
                services.AddSingleton<IOptionsChangeTokenSource<FluxgateBreakerSettings>>(new Once(change.Token));
            }
        );
        world.Become(Streak3);
        Assert.Equal("FailureStreak(2)", world.RuleOf("payments"));
        Assert.Equal(2, listener.Notices.Count);
    }

    [Fact]
    public void A_change_after_the_container_is_disposed_has_no_effect()
    {
        var world = new ConfigurationWorld(Streak5);
        var breaker = world.Breakers["payments"];
        world.Dispose();
        world.Become($"{Streak3}, \"orders\": {{}}");
        Assert.Equal("FailureStreak(5)", breaker.Snapshot().Rule);
        Assert.Empty(world.Log.At(LogLevel.Error));
    }

    private sealed class NoticeListener : ICircuitListener, IDisposable
    {
        public List<Notice> Notices { get; } = [];

        public Action Received { get; init; } = () => { };

        public void OnSignal(Signal signal) { }

        public void OnNotice(Notice notice)
        {
            Notices.Add(notice);
            Received();
        }

        public void Dispose() { }
    }

    private sealed class Once(CancellationToken token) : IOptionsChangeTokenSource<FluxgateBreakerSettings>
    {
        private bool _given;

        public string? Name => "payments";

        public IChangeToken GetChangeToken()
        {
            var given = _given;
            _given = true;
            return new CancellationChangeToken(given ? CancellationToken.None : token);
        }
    }
}
