using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class WhatAChangeTells
{
    private const string Streak3 = "\"payments\": { \"Tripper\": \"FailureStreak(3)\" }";
    private const string Streak5 = "\"payments\": { \"Tripper\": \"FailureStreak(5)\" }";

    [Fact]
    public void One_reconfiguration_is_one_line_also_where_a_listener_writes_the_log()
    {
        using var world = new ConfigWorld(Streak3, services => services.AddFluxgateListener<LogListener>());
        world.Become(Streak5);
        var told = Assert.Single(world.Log.At(LogLevel.Information), text => text.Contains("FailureStreak(5)"));
        Assert.StartsWith("Circuit payments was reconfigured: ", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listener_whose_log_hears_no_more_than_warnings_does_not_silence_the_line()
    {
        var log = new LogListener(new ListenedLog<LogListener>(LogLevel.Warning));
        using var world = new ConfigWorld(Streak3, services => services.AddFluxgateListener(log));
        world.Become(Streak5);
        Assert.StartsWith(
            "Circuit breaker 'payments' was reconfigured: ",
            Assert.Single(world.Log.At(LogLevel.Information)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_holds_from_the_beginning_of_a_breaker_waits_and_is_told_once()
    {
        const string Changed =
            "\"payments\": { \"InitialState\": \"disabled\", \"ListenerQueueCapacity\": \"7\", \"ListenerFlushTimeout\": \"9s\" }";
        using var world = new ConfigWorld("\"payments\": {}");
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
    public void Options_of_no_breaker_follow_and_are_not_missed()
    {
        using var world = new ConfigWorld("\"payments\": {}");
        var options = world.Services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>();
        options.Get("nobody");
        world.BecomeJson("""{ "Fluxgate": { "Defaults": { "Tripper": "FailureStreak(7)" }, "Breakers": { "payments": {} } } }""");
        Assert.Equal("FailureStreak(7)", options.Get("nobody").Tripper.ToString());
        Assert.Empty(world.Log.At(LogLevel.Warning));
        Assert.Equal(["payments"], world.Breakers.Names);
    }

    [Fact]
    public void A_breaker_that_breaks_again_is_told_again()
    {
        using var world = new ConfigWorld(Streak3);
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
