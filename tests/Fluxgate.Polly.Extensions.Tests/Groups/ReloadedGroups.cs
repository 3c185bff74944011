using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class ReloadedGroups
{
    private const string Acme3 =
        "\"Tripper\": \"FailureStreak(5)\", \"Overrides\": [ { \"Key\": \"acme\", \"Tripper\": \"FailureStreak(3)\" } ]";

    [Fact]
    public void A_change_reconfigures_the_group_and_its_breakers()
    {
        using var world = new GroupsWorld("\"Tripper\": \"FailureStreak(5)\"");
        var (acme, other) = (world.Tenants.GetOrAdd("acme"), world.Tenants.GetOrAdd("other"));
        acme.Fail(2);
        world.Become(
            "\"Tripper\": \"FailureStreak(4)\", \"MaxBreakers\": 2, \"Overrides\": [ { \"Key\": \"acme\", \"Tripper\": \"FailureStreak(3)\" } ]"
        );
        acme.Fail();
        Assert.Equal((BreakerState.Open, "FailureStreak(4)"), (acme.State, other.Snapshot().Rule));
        Assert.Null(world.Tenants.GetOrAdd("third").Key);
        Assert.Equal(
            "Circuit breaker 'BreakerGroups:tenants' was reconfigured: Tripper: FailureStreak(5) -> FailureStreak(4); MaxBreakers: 1000 -> 2; Overrides[\"acme\"]: Tripper: FailureStreak(5) -> FailureStreak(3)",
            Assert.Single(world.Log.At(LogLevel.Information))
        );
    }

    [Fact]
    public void Settings_of_a_key_that_are_removed_return_to_those_of_the_group()
    {
        using var world = new GroupsWorld(Acme3);
        var acme = world.Tenants.GetOrAdd("acme");
        world.Become("\"Tripper\": \"FailureStreak(5)\"");
        Assert.Equal("FailureStreak(5)", acme.Snapshot().Rule);
        Assert.Equal(
            "Keys were removed from the configuration: Fluxgate:BreakerGroups:tenants:Overrides:0:Tripper. Their settings return to the values from code or to the defaults.",
            Assert.Single(world.Log.At(LogLevel.Warning))
        );
    }

    [Fact]
    public void An_invalid_change_is_refused_as_a_whole_until_it_is_repaired()
    {
        using var world = new GroupsWorld(Acme3);
        world.Become("\"Tripper\": \"FailureStreak(4)\", \"MaxBreakers\": \"many\"");
        Assert.Equal(("FailureStreak(3)", "FailureStreak(5)"), (world.RuleOf("acme"), world.RuleOf("other")));
        var error = world.Breakers.GetConfigurationError("Tenants");
        Assert.StartsWith("Fluxgate:BreakerGroups:tenants:MaxBreakers: 'many' is invalid.", error);
        Assert.StartsWith(
            "Circuit breaker 'BreakerGroups:tenants': the changed configuration is invalid",
            Assert.Single(world.Log.At(LogLevel.Error))
        );

        world.Become("\"Tripper\": \"FailureStreak(4)\"");
        Assert.Equal("FailureStreak(4)", world.RuleOf("acme"));
        Assert.Null(world.Breakers.GetConfigurationError("tenants"));
    }

    [Fact]
    public void An_invalid_group_does_not_prevent_changes_to_other_groups()
    {
        using var world = new GroupsWorld();
        world.BecomeJson(GroupsWorld.JsonOf("\"tenants\": { \"Tripper\": \"FailureStreak(2)\" }, \"hosts\": { \"MaxBreakers\": 0 }"));
        Assert.Equal("FailureStreak(2)", world.RuleOf("acme"));
        Assert.NotNull(world.Breakers.GetConfigurationError("hosts"));
        Assert.Equal(["tenants"], world.Breakers.Groups.Select(group => group.Name));
    }

    [Fact]
    public void A_change_adds_a_group_and_a_removed_one_keeps_its_settings()
    {
        using var world = new GroupsWorld(Acme3);
        world.BecomeJson(GroupsWorld.JsonOf("\"hosts\": {}"));
        Assert.Equal(["hosts", "tenants"], world.Breakers.Groups.Select(group => group.Name));
        Assert.Equal("FailureStreak(3)", world.RuleOf("acme"));
        Assert.StartsWith("Circuit breaker 'BreakerGroups:tenants' was removed", Assert.Single(world.Log.At(LogLevel.Warning)));
    }

    [Fact]
    public void A_change_that_gives_a_breaker_the_name_of_a_group_is_refused()
    {
        using var world = new GroupsWorld(Acme3);
        world.BecomeJson(GroupsWorld.JsonOf("\"tenants\": {}", "\"Breakers\": { \"tenants\": {} },"));
        Assert.Equal("FailureStreak(3)", world.RuleOf("acme"));
        Assert.Empty(world.Breakers);
        Assert.StartsWith("The name 'tenants' is defined both", world.Breakers.GetConfigurationError("tenants"));
        Assert.ThrowsAny<OptionsValidationException>(() => world.Breakers["tenants"]);
        world.BecomeJson(GroupsWorld.JsonOf("\"tenants\": {}"));
        Assert.Null(world.Breakers.GetConfigurationError("tenants"));
    }

    [Fact]
    public void Parts_that_callbacks_create_again_are_kept_also_for_keys()
    {
        using var world = new GroupsWorld(more: services =>
            services
                .AddFluxgate()
                .AddBreakerGroup(
                    "tenants",
                    group =>
                    {
                        (group.Settings.Window, group.Settings.Tripper) = (new OwnWindow(), Tripper.MinRequests(10));
                        group.Configure("acme", own => own.ProbeLease = TimeSpan.FromSeconds(3));
                        group.Configure("zeta", own => own.Window = new OwnWindow());
                    }
                )
        );
        string[] keys = ["acme", "other", "zeta"];
        FluxgateBreaker[] members = [.. keys.Select(key => world.Tenants.GetOrAdd(key))];
        for (var call = 0; call < 10; call++)
        {
            Array.ForEach(members, member => member.Fail());
            world.Become($"\"MaxBreakers\": {call + 10}");
        }

        Assert.All(members, member => Assert.Equal(BreakerState.Open, member.State));
        Assert.All(world.Log.At(LogLevel.Information), line => Assert.Contains("was reconfigured: MaxBreakers: ", line));
    }

    [Fact]
    public void Listeners_are_those_of_the_creation()
    {
        List<string> log = [];
        var created = 0;
        using var world = new GroupsWorld(more: services =>
            services
                .AddFluxgate()
                .AddBreakerGroup(
                    "tenants",
                    group =>
                    {
                        var number = ++created;
                        group.Settings.Listeners.Add(signal => log.Add($"{number} {signal.Key}"));
                        group.Configure("acme", own => own.ProbeLease = TimeSpan.FromSeconds(3));
                    }
                )
        );
        world.Become("\"MaxBreakers\": 5");
        Assert.True(created > 1);
        world.Tenants.GetOrAdd("acme").Trip();
        world.Tenants.GetOrAdd("other").Trip();
        Assert.Equal(["1 acme", "1 other"], log);
    }

    [Fact]
    public void Values_that_code_overwrites_are_warnings()
    {
        using var world = new GroupsWorld(
            "\"MaxBreakers\": 5, \"Overrides\": [ { \"Key\": \"acme\", \"ProbeLease\": \"9s\" } ]",
            services =>
                services
                    .AddFluxgate()
                    .AddBreakerGroup(
                        "tenants",
                        group =>
                        {
                            group.Options.MaxBreakers = 7;
                            group.Configure("acme", own => own.ProbeLease = TimeSpan.FromSeconds(3));
                        }
                    )
        );
        Assert.Equal(
            [
                "The value '5' at Fluxgate:BreakerGroups:tenants:MaxBreakers has no effect: code overwrites it with 7. To give the configuration precedence, add it after that code.",
                "The value '9s' at Fluxgate:BreakerGroups:tenants:Overrides:0:ProbeLease has no effect: code overwrites it with 3s. To give the configuration precedence, add it after that code.",
            ],
            world.Log.At(LogLevel.Warning)
        );
    }

    [Fact]
    public void An_initial_state_applies_to_breakers_that_are_created_later()
    {
        using var world = new GroupsWorld();
        var acme = world.Tenants.GetOrAdd("acme");
        world.Become("\"InitialState\": \"metrics_only\"");
        Assert.Equal((BreakerState.Closed, BreakerState.MetricsOnly), (acme.State, world.Tenants.GetOrAdd("other").State));
        Assert.Equal(
            "Circuit breaker 'BreakerGroups:tenants': these changes apply only to breakers that are created from now on: InitialState: closed -> metrics_only",
            Assert.Single(world.Log.At(LogLevel.Warning))
        );
    }

    [Fact]
    public async Task An_edited_file_reconfigures_a_group_and_an_invalid_file_does_not()
    {
        await using var file = new ConfigFile(GroupsWorld.Json(Acme3), ignoreBrokenFiles: true);
        await file.StartAsync();
        var tenants = Assert.Single(file.Breakers.Groups);
        var acme = tenants.GetOrAdd("acme");
        var changed = file.Log.Next(
            "'BreakerGroups:tenants' was reconfigured",
            "Overrides[\"acme\"]: Tripper: FailureStreak(3) -> FailureStreak(2)"
        );
        file.Write(GroupsWorld.Json(Acme3.Replace("(3)", "(2)", StringComparison.Ordinal)));
        await changed;
        Assert.Equal("FailureStreak(2)", acme.Snapshot().Rule);

        var missing = file.Log.Next("previous values stay in force", "Fluxgate:BreakerGroups:tenants:Overrides:0:Tripper");
        file.Delete();
        await missing;
        Assert.Equal(("FailureStreak(2)", "FailureStreak(5)"), (acme.Snapshot().Rule, tenants.GetOrAdd("other").Snapshot().Rule));
    }

    [Fact]
    public async Task The_values_of_a_missing_file_stay_and_are_in_the_health_data()
    {
        using var world = new FilesWorld("", services: services => services.AddFluxgate().AddBreakerGroup("tenants"));
        world.Files.Write(FilesWorld.File, GroupsWorld.Json(Acme3));
        var acme = world.Breakers.GetGroup("tenants").GetOrAdd("acme");
        world.Delete();
        Assert.Equal("FailureStreak(3)", acme.Snapshot().Rule);
        Assert.Equal(
            "The configuration file 'appsettings.json' is missing: Fluxgate:BreakerGroups:tenants:Overrides:0:Key, Fluxgate:BreakerGroups:tenants:Overrides:0:Tripper, Fluxgate:BreakerGroups:tenants:Tripper",
            await world.KeptAsync("tenants")
        );
    }

    [Fact]
    public void Listeners_receive_one_notice_for_a_change_of_all_keys()
    {
        List<string> log = [];
        using var world = new GroupsWorld(Acme3, services => services.AddFluxgateListener(new Reconfigurations(log)));
        for (var key = 0; key < 100; key++)
        {
            world.Tenants.GetOrAdd($"tenant-{key}");
        }

        world.Tenants.GetOrAdd("acme");
        world.Become(Acme3.Replace("(5)", "(6)", StringComparison.Ordinal).Replace("(3)", "(2)", StringComparison.Ordinal));
        Assert.Equal(["tenants (shared)", "tenants/acme"], log.Order(StringComparer.Ordinal));
        Assert.Equal("FailureStreak(6)", world.RuleOf("tenant-99"));
    }

    private sealed class Reconfigurations(List<string> log) : ICircuitListener
    {
        public void OnSignal(Signal signal) { }

        public void OnNotice(Notice notice)
        {
            if (notice is ReconfiguredNotice)
            {
                log.Add(notice.CircuitName);
            }
        }
    }

    private sealed class OwnWindow : Window
    {
        public override WindowState Start(WindowContext context) => Count(100).Start(context);

        public override string ToString() => "Own";
    }
}
