using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class GroupsFromConfiguration
{
    [Fact]
    public void A_group_has_the_keys_of_a_breaker_and_its_own()
    {
        using var world = new GroupsWorld(
            """
            "Tripper": "FailureStreak(3)", "ProbeLease": "10s",
            "MaxBreakers": 5, "IdleTimeout": "2m", "MaxOpenRatio": "25%", "MaxKeySeries": 0
            """
        );
        var options = world.Tenants.Options;
        Assert.Equal((5, TimeSpan.FromMinutes(2)), (options.MaxBreakers, options.IdleTimeout));
        Assert.Equal((0.25, 0), (options.MaxOpenRatio, options.MaxKeySeries));
        Assert.Equal("FailureStreak(3)", world.RuleOf("acme"));
        Assert.Equal(TimeSpan.FromSeconds(10), world.Tenants.GetOrAdd("acme").CopySettings().ProbeLease);
    }

    [Fact]
    public void A_timeout_can_be_never_and_a_ratio_a_number()
    {
        using var world = new GroupsWorld("\"IdleTimeout\": \"never\", \"MaxOpenRatio\": 0.5");
        Assert.Equal((Timeout.InfiniteTimeSpan, 0.5), (world.Tenants.Options.IdleTimeout, world.Tenants.Options.MaxOpenRatio));
    }

    [Fact]
    public void Defaults_apply_to_groups()
    {
        var json = new ConfigJson(GroupsWorld.JsonOf("\"tenants\": {}", "\"Defaults\": { \"Tripper\": \"FailureStreak(4)\" },"));
        using var services = DiContainer.Of(services =>
            services.AddFluxgate(json.Section).ConfigureDefaults(settings => settings.ProbeLease = TimeSpan.FromSeconds(7))
        );
        var settings = services.Breakers().GetGroup("TENANTS").GetOrAdd("acme").CopySettings();
        Assert.Equal(("FailureStreak(4)", TimeSpan.FromSeconds(7)), ($"{settings.Tripper}", settings.ProbeLease));
    }

    [Fact]
    public void Overrides_change_some_settings_of_their_keys()
    {
        using var world = new GroupsWorld(
            """
            "Tripper": "FailureStreak(3)", "ProbeLease": "10s",
            "Overrides": [
              { "Key": "https://host:8443", "Tripper": "FailureStreak(9)" },
              { "Key": "acme", "ProbeLease": "20s" }
            ]
            """
        );
        Assert.Equal("FailureStreak(9)", world.RuleOf("https://host:8443"));
        Assert.Equal(TimeSpan.FromSeconds(10), world.Tenants.GetOrAdd("https://host:8443").CopySettings().ProbeLease);
        Assert.Equal("FailureStreak(3)", world.RuleOf("acme"));
        Assert.Equal(TimeSpan.FromSeconds(20), world.Tenants.GetOrAdd("acme").CopySettings().ProbeLease);
        Assert.Equal(TimeSpan.FromSeconds(10), world.Tenants.GetOrAdd("ACME").CopySettings().ProbeLease);
    }

    [Theory]
    [InlineData("\"MaxBreakers\": 0", "MaxBreakers: '0' is invalid. Expected a whole number from 1 to 1000000.")]
    [InlineData("\"MaxKeySeries\": 10001", "MaxKeySeries: '10001' is invalid. Expected a whole number from 0 to 10000.")]
    [InlineData(
        "\"IdleTimeout\": \"soon\"",
        "IdleTimeout: 'soon' is invalid. Column 1: expected a duration such as 250ms, 1s or 2m, but found 'soon'. Or 'never'."
    )]
    [InlineData(
        "\"MaxOpenRatio\": \"150%\"",
        "MaxOpenRatio: '150%' is invalid. Expected a ratio greater than 0 and at most 1 (100%), such as 50% or 0.5."
    )]
    [InlineData(
        "\"MaxOpenRatio\": \"half\"",
        "MaxOpenRatio: 'half' is invalid. Column 1: expected a ratio such as 50% or 0.5, but found 'half'."
    )]
    [InlineData("\"MaxBreaker\": 5", "MaxBreaker: unknown key 'MaxBreaker' (with the value '5'). Did you mean MaxBreakers?")]
    [InlineData("\"Listeners\": 5", "Listeners: Listeners can only be set in code.")]
    [InlineData("\"Overrides\": \"acme\"", "Overrides: 'acme' is invalid. Expected a list of sections, each with Key and the keys Window,")]
    [InlineData(
        "\"Overrides\": [ { \"Tripper\": \"FailureStreak(3)\" } ]",
        "Overrides:0: Key is missing. Expected the key of the circuit, such as 'acme' or 'https://host:8443'."
    )]
    [InlineData(
        "\"Overrides\": [ { \"Key\": \"acme\" }, { \"Key\": \"acme\" } ]",
        "Overrides:1:Key: 'acme' is invalid. Fluxgate:BreakerGroups:tenants:Overrides:0 has this Key already."
    )]
    [InlineData(
        "\"Overrides\": [ { \"Key\": \"acme\", \"Triper\": \"All\" } ]",
        "Overrides:0:Triper: unknown key 'Triper' (with the value 'All'). Did you mean Tripper?"
    )]
    [InlineData(
        "\"Overrides\": [ { \"Key\": \"acme\", \"MaxBreakers\": 5 } ]",
        "Overrides:0:MaxBreakers: unknown key 'MaxBreakers' (with the value '5')."
    )]
    [InlineData(
        "\"Overrides\": [ { \"Key\": \"acme\", \"ProbeLease\": \"soon\" } ]",
        "Overrides:0:ProbeLease: 'soon' is invalid. Column 1: expected a duration"
    )]
    [InlineData(
        "\"Window\": \"Count(10)\", \"Tripper\": \"FailureStreak(3)\", \"Overrides\": [ { \"Key\": \"acme\", \"Tripper\": \"MinRequests(50) & FailureRate(50%)\" } ]",
        "Overrides:0:Tripper: Tripper "
    )]
    public void An_error_has_path_value_and_expected_format(string tenants, string expected) =>
        Assert.StartsWith($"Fluxgate:BreakerGroups:tenants:{expected}", Assert.Single(ErrorsOf(GroupsWorld.Json(tenants))));

    [Theory]
    [InlineData("\"BreakerGroups\": \"on\"", "Fluxgate:BreakerGroups: 'on' is invalid. Expected a section with a key for each group.")]
    [InlineData("\"BrekerGroups\": {}", "Fluxgate:BrekerGroups: unknown key 'BrekerGroups'. Did you mean BreakerGroups?")]
    [InlineData(
        "\"Breakers\": { \"Tenants\": {} }, \"BreakerGroups\": { \"tenants\": {} }",
        "The name 'Tenants' is defined both as a breaker and as a group. Rename one of them."
    )]
    public void An_error_of_the_section_is_reported_once(string section, string expected) =>
        Assert.StartsWith(expected, Assert.Single(ErrorsOf($$"""{ "Fluxgate": { {{section}} } }""")));

    [Fact]
    public void A_name_is_limited()
    {
        var error = Assert.Single(ErrorsOf(GroupsWorld.JsonOf($"\"{new string('x', 257)}\": {{}}")));
        Assert.EndsWith("the name of a group must have 1 to 256 characters, but has 257.", error);
    }

    [Fact]
    public void Startup_reports_the_errors_of_all_breakers_and_groups()
    {
        var errors = ErrorsOf(
            GroupsWorld.JsonOf(
                "\"tenants\": { \"MaxBreakers\": 0, \"Window\": \"?\" }, \"hosts\": { \"Overrides\": [ {}, { \"Key\": \"a\", \"Permit\": \"?\" } ] }",
                "\"Breakers\": { \"payments\": { \"Tripper\": \"?\" } },"
            )
        );
        string[] paths =
        [
            "Breakers:payments:Tripper: ",
            "BreakerGroups:hosts:Overrides:0: ",
            "BreakerGroups:hosts:Overrides:1:Permit: ",
            "BreakerGroups:tenants:MaxBreakers: ",
            "BreakerGroups:tenants:Window: ",
        ];
        Assert.Equal(paths.Length, errors.Length);
        Assert.All(errors.Zip(paths), pair => Assert.StartsWith($"- Fluxgate:{pair.Second}", pair.First));
    }

    [Fact]
    public void An_error_of_the_group_is_not_repeated_for_each_key()
    {
        var error = Assert.Single(
            ErrorsOf(
                GroupsWorld.Json("\"Tripper\": \"?\", \"Overrides\": [ { \"Key\": \"a\" }, { \"Key\": \"b\", \"ProbeLease\": \"1s\" } ]")
            )
        );
        Assert.StartsWith("Fluxgate:BreakerGroups:tenants:Tripper: '?' is invalid.", error);
    }

    private static string[] ErrorsOf(string json)
    {
        using var services = DiContainer.Of(services => services.AddFluxgate(new ConfigJson(json).Section));
        var lines = Assert.ThrowsAny<OptionsValidationException>(services.Breakers().Start).Message.Split(Environment.NewLine);
        return lines.Length == 1 ? lines : lines[1..];
    }
}
