using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class ChangeLogEntries
{
    private const string Streak3 = "\"payments\": { \"Tripper\": \"FailureStreak(3)\" }";
    private const string Streak5 = "\"payments\": { \"Tripper\": \"FailureStreak(5)\" }";

    [Fact]
    public void One_reconfiguration_is_one_log_entry_also_beside_a_LogListener()
    {
        using var world = new ConfigurationWorld(Streak3, services => services.AddFluxgateListener<LogListener>());
        world.Become(Streak5);
        var logged = Assert.Single(world.Log.At(LogLevel.Information), text => text.Contains("FailureStreak(5)"));
        Assert.StartsWith("Circuit payments was reconfigured: ", logged, StringComparison.Ordinal);
    }

    [Fact]
    public void A_LogListener_above_information_does_not_suppress_the_entry()
    {
        var log = new LogListener(new RecordedLog<LogListener>(LogLevel.Warning));
        using var world = new ConfigurationWorld(Streak3, services => services.AddFluxgateListener(log));
        world.Become(Streak5);
        Assert.StartsWith(
            "Circuit breaker 'payments' was reconfigured: ",
            Assert.Single(world.Log.At(LogLevel.Information)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_change_that_needs_a_restart_is_reported_once()
    {
        const string Changed =
            "\"payments\": { \"InitialState\": \"disabled\", \"ListenerQueueCapacity\": \"7\", \"ListenerFlushTimeout\": \"9s\" }";
        using var world = new ConfigurationWorld("\"payments\": {}");
        world.Become(Changed);
        world.Become(Changed);
        Assert.Equal(BreakerState.Closed, world.Breakers["payments"].State);
        Assert.Equal(
            "Circuit breaker 'payments': these changes take effect when the application restarts: "
                + "InitialState: closed -> disabled; ListenerQueueCapacity: 1024 -> 7; ListenerFlushTimeout: 5s -> 9s",
            Assert.Single(world.Log.At(LogLevel.Warning))
        );
    }

    [Fact]
    public void Options_without_a_breaker_follow_and_are_not_reported_missing()
    {
        using var world = new ConfigurationWorld("\"payments\": {}");
        var options = world.Services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>();
        options.Get("nobody");
        world.BecomeJson("""{ "Fluxgate": { "Defaults": { "Tripper": "FailureStreak(7)" }, "Breakers": { "payments": {} } } }""");
        Assert.Equal("FailureStreak(7)", options.Get("nobody").Tripper.ToString());
        Assert.Empty(world.Log.At(LogLevel.Warning));
        Assert.Equal(["payments"], world.Breakers.Names);
    }

    [Fact]
    public void A_breaker_that_becomes_invalid_again_is_reported_again()
    {
        using var world = new ConfigurationWorld(Streak3);
        world.Become("\"payments\": { \"Tripper\": \"FailureStrek(5)\" }");
        world.Become("\"payments\": { \"ProbeLease\": \"never\" }");
        world.Become(Streak5);
        world.Become("\"payments\": { \"ProbeLease\": \"never\" }");
        Assert.Equal(
            ["FailureStrek", "never", "never"],
            world.Log.At(LogLevel.Error).Select(text => text.Contains("never") ? "never" : "FailureStrek")
        );
        Assert.Equal("FailureStreak(5)", world.RuleOf("payments"));
    }
}
