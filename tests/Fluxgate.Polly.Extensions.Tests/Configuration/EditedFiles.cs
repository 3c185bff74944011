using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Edits a real file while a generic host runs.</summary>
public sealed class EditedFiles
{
    private static readonly string Streak5 = ConfigFile.Json("\"payments\": { \"Tripper\": \"FailureStreak(5)\" }");
    private static readonly string Streak3 = ConfigFile.Json("\"payments\": { \"Tripper\": \"FailureStreak(3)\" }");
    private static readonly string Broken = ConfigFile.Json("\"payments\": { \"Tripper\": \"FailureStrek(3)\" }");
    private static readonly string HalfWritten = Streak3[..(Streak3.Length / 2)];

    [Fact]
    public async Task An_edited_file_reconfigures_the_live_breaker()
    {
        await using var file = new ConfigFile(Streak5);
        await file.StartAsync();
        var breaker = Assert.Single(file.Breakers);
        breaker.Fail(2);
        var inFlight = breaker.Admit();
        var reconfigured = file.Log.Next("'payments' was reconfigured", "-> FailureStreak(3)");
        file.Write(Streak3);
        await reconfigured;
        breaker.Settle(inFlight, Verdict.Failure);
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public async Task An_edit_with_an_invalid_rule_is_refused_until_it_is_repaired()
    {
        await using var file = new ConfigFile(Streak5);
        await file.StartAsync();
        var breaker = Assert.Single(file.Breakers);
        var refused = file.Log.Next("'payments'", "Fluxgate:Breakers:payments:Tripper: 'FailureStrek(3)' is invalid. Column 1: ");
        file.Write(Broken);
        await refused;
        Assert.Equal("FailureStreak(5)", breaker.Snapshot().Rule);
        Assert.NotNull(file.Breakers.GetConfigurationError("payments"));

        var repaired = file.Log.Next("'payments': the configuration is valid again");
        file.Write(Streak3);
        await repaired;
        Assert.Equal("FailureStreak(3)", breaker.Snapshot().Rule);
        Assert.Null(file.Breakers.GetConfigurationError("payments"));
    }

    [Fact]
    public async Task A_second_invalid_edit_is_reported_with_the_current_error()
    {
        await using var file = new ConfigFile(Streak5);
        await file.StartAsync();
        var breaker = Assert.Single(file.Breakers);
        var refused = file.Log.Next("FailureStrek(3)");
        file.Write(Broken);
        await refused;
        var refusedAgain = file.Log.Next("Fluxgate:Breakers:payments:ProbeLease: 'never' is invalid.");
        file.Write(ConfigFile.Json("\"payments\": { \"Tripper\": \"FailureStreak(4)\", \"ProbeLease\": \"never\" }"));
        await refusedAgain;
        Assert.Equal("FailureStreak(5)", breaker.Snapshot().Rule);
        Assert.StartsWith("Fluxgate:Breakers:payments:ProbeLease", file.Breakers.GetConfigurationError("payments"));

        var repaired = file.Log.Next("'payments': the configuration is valid again");
        file.Write(Streak3);
        await repaired;
        Assert.Equal("FailureStreak(3)", breaker.Snapshot().Rule);
        Assert.Null(file.Breakers.GetConfigurationError("payments"));
    }

    [Fact]
    public async Task A_half_written_file_keeps_the_old_rules()
    {
        await using var file = new ConfigFile(Streak5);
        await file.StartAsync();
        var breaker = Assert.Single(file.Breakers);
        var lost = file.Log.Next("'appsettings.json' cannot be loaded", "Fluxgate:Breakers:payments:Tripper");
        file.Write(HalfWritten);
        await lost;
        Assert.Equal("FailureStreak(5)", breaker.Snapshot().Rule);
        Assert.Same(breaker, file.Breakers["payments"]);

        var reconfigured = file.Log.Next("-> FailureStreak(3)");
        file.Write(Streak3);
        await reconfigured;
        Assert.Equal("FailureStreak(3)", breaker.Snapshot().Rule);
    }

    [Fact]
    public async Task A_deleted_file_keeps_the_old_rules()
    {
        await using var file = new ConfigFile(Streak5, more: services => services.AddFluxgate().AddBreaker("payments"));
        await file.StartAsync();
        var breaker = Assert.Single(file.Breakers);
        var lost = file.Log.Next("'appsettings.json' is missing", "Fluxgate:Breakers:payments:Tripper");
        file.Delete();
        await lost;
        Assert.Equal("FailureStreak(5)", breaker.Snapshot().Rule);

        var reconfigured = file.Log.Next("-> FailureStreak(3)");
        file.Write(Streak3);
        await reconfigured;
        Assert.Equal("FailureStreak(3)", breaker.Snapshot().Rule);
    }

    // .NET then reads the file as empty.
    [Fact]
    public async Task A_half_written_file_keeps_the_old_rules_when_load_errors_are_ignored()
    {
        await using var file = new ConfigFile(Streak5, ignoreBrokenFiles: true, services => services.AddFluxgate().AddBreaker("payments"));
        await file.StartAsync();
        var breaker = Assert.Single(file.Breakers);
        var lost = file.Log.Next("'appsettings.json' cannot be loaded", "Fluxgate:Breakers:payments:Tripper");
        file.Write(HalfWritten);
        await lost;
        Assert.Equal("FailureStreak(5)", breaker.Snapshot().Rule);

        var reconfigured = file.Log.Next("-> FailureStreak(3)");
        file.Write(Streak3);
        await reconfigured;
        Assert.Equal("FailureStreak(3)", breaker.Snapshot().Rule);
    }

    [Fact]
    public async Task An_edited_file_can_add_a_breaker()
    {
        await using var file = new ConfigFile(Streak5);
        await file.StartAsync();
        Assert.False(file.Breakers.TryGet("orders", out _));
        var warned = file.Log.Next("'orders'", "MinRequests(500)");
        file.Write(ConfigFile.Json("\"payments\": {}, \"orders\": { \"Tripper\": \"FailureStreak(1) | MinRequests(500)\" }"));
        await warned;
        file.Breakers["orders"].Fail();
        Assert.Equal(BreakerState.Open, file.Breakers["orders"].State);
    }

    [Fact]
    public async Task A_host_does_not_start_with_an_invalid_file()
    {
        await using var file = new ConfigFile(Broken);
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(file.StartAsync);
        Assert.StartsWith("Fluxgate:Breakers:payments:Tripper: 'FailureStrek(3)' is invalid.", Assert.Single(error.Failures));
        Assert.Empty(file.Log.At(LogLevel.Warning));
    }
}
