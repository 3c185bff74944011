using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

public sealed class OverriddenFileValues
{
    [Fact]
    public async Task A_file_value_that_code_overrides_is_logged_at_startup_and_on_change()
    {
        await using var file = new ConfigFile(
            Stock("\"Tripper\": \"FailureStreak(3)\", \"ProbeLease\": \"20s\""),
            more: services => services.AddFluxgate().AddBreaker("stock", settings => settings.Tripper = Tripper.FailureStreak(9))
        );
        await file.StartAsync();
        Assert.Equal([Overridden("'FailureStreak(3)'")], file.Log.At(LogLevel.Warning));

        var lease = file.Log.Next("ProbeLease", "7s");
        file.Write(Stock("\"Tripper\": \"FailureStreak(3)\", \"ProbeLease\": \"7s\""));
        await lease;
        var logged = file.Log.Next(Overridden("'FailureStreak(4)'"));
        file.Write(Stock("\"Tripper\": \"FailureStreak(4)\", \"ProbeLease\": \"7s\""));
        await logged;
        Assert.Equal([Overridden("'FailureStreak(3)'"), Overridden("'FailureStreak(4)'")], file.Log.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("\"ProbeLease\": \"20s\"", "'20s' at Fluxgate:Breakers:stock:ProbeLease has no effect: code overwrites it with 9s.")]
    [InlineData(
        "\"InitialState\": \"Disabled\"",
        "'Disabled' at Fluxgate:Breakers:stock:InitialState has no effect: code overwrites it with metrics_only."
    )]
    [InlineData(
        "\"ProbeWithoutTraffic\": false",
        "'False' at Fluxgate:Breakers:stock:ProbeWithoutTraffic has no effect: code overwrites it with true."
    )]
    [InlineData(
        "\"ListenerQueueCapacity\": 5",
        "'5' at Fluxgate:Breakers:stock:ListenerQueueCapacity has no effect: code overwrites it with 7."
    )]
    [InlineData("\"Permit\": \"All\"", "'All' at Fluxgate:Breakers:stock:Permit has no effect: code overwrites it with Random(50%).")]
    public void Every_kind_of_overridden_value_is_logged(string key, string expected) =>
        Assert.Contains(expected, Assert.Single(Warnings(key)));

    [Theory]
    [InlineData("\"ProbeLease\": \"9000ms\"")] // the same
    [InlineData("\"Permit\": \"Random(0.5)\"")]
    [InlineData("\"Tripper\": \"FailureStreak(3)\"")] // code adds to it
    [InlineData("\"Window\": \"Time(30s)\"")] // code says nothing of it
    public void A_value_that_code_keeps_or_extends_is_not_logged(string key) => Assert.Empty(Warnings(key));

    [Fact]
    public void A_value_that_PostConfigure_overrides_is_logged()
    {
        using var world = new ConfigurationWorld(
            "\"stock\": { \"ProbeLease\": \"20s\" }",
            services => services.PostConfigure<FluxgateBreakerSettings>("stock", settings => settings.ProbeLease = TimeSpan.FromSeconds(9))
        );
        Assert.Contains("'20s' at Fluxgate:Breakers:stock:ProbeLease", Assert.Single(world.Log.At(LogLevel.Warning)));
    }

    [Fact]
    public async Task Defaults_overridden_by_defaults_of_code_are_logged()
    {
        var json = new ConfigJson(
            """
            { "Fluxgate": {
                "Defaults": { "ProbeLease": "20s", "Window": "Time(30s)" },
                "Breakers": { "stock": { "Window": "Time(40s)" }, "orders": {}, "returns": {} } } }
            """
        );
        using var log = new ConfigLog();
        await using var services = DiContainer.Of(services =>
        {
            services.AddLogging(logging => logging.AddProvider(log));
            services
                .AddFluxgate(json.Section)
                .ConfigureDefaults(settings => settings.ProbeLease = TimeSpan.FromSeconds(9))
                .AddBreaker("orders", settings => settings.Window = Window.Count(500));
        });
        await services.StartAsync();
        Assert.Contains(
            "'20s' at Fluxgate:Defaults:ProbeLease has no effect: code overwrites it with 9s.",
            Assert.Single(log.At(LogLevel.Warning))
        );
    }

    [Fact]
    public async Task Configuration_added_after_code_takes_precedence()
    {
        var json = new ConfigJson(
            """{ "Fluxgate": { "Defaults": { "ProbeLease": "20s" }, "Breakers": { "stock": { "Tripper": "FailureStreak(3)" } } } }"""
        );
        using var log = new ConfigLog();
        await using var services = DiContainer.Of(services =>
        {
            services.AddLogging(logging => logging.AddProvider(log));
            services
                .AddFluxgate()
                .ConfigureDefaults(settings => settings.ProbeLease = TimeSpan.FromSeconds(9))
                .AddBreaker("stock", settings => settings.Tripper = Tripper.FailureStreak(9))
                .AddConfiguration(json.Section);
        });
        await services.StartAsync();
        Assert.Equal("FailureStreak(3)", services.Breakers()["stock"].Snapshot().Rule);
        json.Become(
            """{ "Fluxgate": { "Defaults": { "ProbeLease": "20s" }, "Breakers": { "stock": { "Tripper": "FailureStreak(4)" } } } }"""
        );
        Assert.Equal("FailureStreak(4)", services.Breakers()["stock"].Snapshot().Rule);
        Assert.Empty(log.At(LogLevel.Warning));
    }

    private static IReadOnlyList<string> Warnings(string key)
    {
        using var world = new ConfigurationWorld(
            $"\"stock\": {{ {key} }}",
            services =>
                services
                    .AddFluxgate()
                    .AddBreaker(
                        "stock",
                        settings =>
                        {
                            settings.Tripper |= Tripper.FailureStreak(9);
                            settings.Permit = Permit.Random(0.5);
                            settings.ProbeLease = TimeSpan.FromSeconds(9);
                            settings.InitialState = BreakerState.MetricsOnly;
                            settings.ProbeWithoutTraffic = true;
                            settings.ListenerQueueCapacity = 7;
                        }
                    )
        );
        return world.Log.At(LogLevel.Warning);
    }

    private static string Overridden(string text) =>
        $"The value {text} at Fluxgate:Breakers:stock:Tripper has no effect: code overwrites it with FailureStreak(9). To give the configuration precedence, add it after that code.";

    private static string Stock(string keys) => ConfigFile.Json($"\"stock\": {{ {keys} }}");
}
