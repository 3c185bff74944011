using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Checks that the values of a provider stay in effect while its file is missing or fails to load.</summary>
public sealed class UnloadableFiles
{
    private const string Rule = "Fluxgate:Breakers:payments:Tripper";
    private const string Overlay = "appsettings.Production.json";
    private static readonly Action<IConfigurationBuilder> Environment = builder =>
        builder.AddInMemoryCollection([new("Fluxgate:Breakers:payments:ProbeLease", "10s")]);

    [Fact]
    public async Task A_deleted_file_keeps_its_rules_beside_an_environment_variable()
    {
        using var world = new FilesWorld(FilesWorld.Streak(3), Environment);
        world.Delete();
        Assert.Equal(("FailureStreak(3)", TimeSpan.FromSeconds(10)), (world.Rule(), world.Settings().ProbeLease));
        Assert.Equal(
            $"The configuration file 'appsettings.json' is missing. Its previous values stay in force: {Rule}.",
            Assert.Single(world.Errors)
        );
        Assert.Empty(world.Warnings);
        Assert.Equal($"The configuration file 'appsettings.json' is missing: {Rule}", await world.KeptAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_file_keeps_its_rules_whether_load_errors_are_ignored_or_not(bool ignored)
    {
        using var world = new FilesWorld(FilesWorld.Streak(3), Environment, ignored);
        world.SaveBroken();
        Assert.Equal("FailureStreak(3)", world.Rule());
        var error = Assert.Single(world.Errors);
        Assert.StartsWith("The configuration file 'appsettings.json' cannot be loaded (", error, StringComparison.Ordinal);
        Assert.EndsWith($"). Its previous values stay in force: {Rule}.", error, StringComparison.Ordinal);
        Assert.Contains($"cannot be loaded ({"JsonReaderException"}", error, StringComparison.Ordinal);
        Assert.EndsWith($"): {Rule}", await world.KeptAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(FilesWorld.Broken)]
    public void A_reload_by_the_application_detects_a_missing_or_broken_file(string? text)
    {
        using var world = new FilesWorld(FilesWorld.Streak(3), Environment);
        world.Files.WriteUnnoticed(FilesWorld.File, text);
        world.Root.Reload();
        Assert.Equal("FailureStreak(3)", world.Rule());
        Assert.Contains(Rule, Assert.Single(world.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_file_takes_effect()
    {
        using var world = new FilesWorld(FilesWorld.Streak(3), Environment);
        world.Delete();
        world.Save(FilesWorld.Streak(4));
        Assert.Equal("FailureStreak(4)", world.Rule());
        Assert.Contains("The configuration file 'appsettings.json' was loaded again.", world.Log.At(LogLevel.Information));
        Assert.Null(await world.KeptAsync());
        world.SaveBroken();
        Assert.Equal("FailureStreak(4)", world.Rule());
        Assert.Equal(2, world.Errors.Count);
    }

    [Fact]
    public void A_file_that_stays_broken_is_reported_once()
    {
        using var world = new FilesWorld(FilesWorld.Streak(3), Environment);
        world.SaveBroken();
        world.SaveBroken();
        world.Root.Reload();
        Assert.Single(world.Errors);
    }

    [Fact]
    public void A_broken_file_keeps_its_rules_while_another_file_changes()
    {
        using var world = new FilesWorld(FilesWorld.Streak(3), ignoreLoadErrors: false, more: builder => builder.Add(OverlayOf(builder)));
        world.Files.WriteUnnoticed(FilesWorld.File, FilesWorld.Broken);
        world.Files.Write(FilesWorld.File, FilesWorld.Broken);
        world.Files.Write(Overlay, FilesWorld.Json("\"payments\": { \"ProbeLease\": \"7s\" }"));
        Assert.Equal(("FailureStreak(3)", TimeSpan.FromSeconds(7)), (world.Rule(), world.Settings().ProbeLease));
        Assert.Contains(Rule, Assert.Single(world.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_overlay_keeps_its_values()
    {
        using var world = new FilesWorld(
            FilesWorld.Streak(3),
            builder =>
            {
                var source = OverlayOf(builder);
                ((VirtualFiles)source.FileProvider!).WriteUnnoticed(Overlay, FilesWorld.Json(FilesWorld.Streak(9)));
                builder.Add(source);
            }
        );
        world.Files.Write(Overlay, null);
        world.Save(FilesWorld.Streak(4));
        Assert.Equal("FailureStreak(9)", world.Rule());
        Assert.Contains($"'{Overlay}' is missing", Assert.Single(world.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_another_provider_overrides_is_not_kept()
    {
        using var world = new FilesWorld("\"payments\": { \"Tripper\": \"FailureStreak(3)\", \"ProbeLease\": \"20s\" }", Environment);
        world.Delete();
        Assert.Equal(TimeSpan.FromSeconds(10), world.Settings().ProbeLease);
        Assert.EndsWith($"missing: {Rule}", await world.KeptAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_breaker_that_only_a_missing_file_configures_continues()
    {
        using var world = new FilesWorld($"{FilesWorld.Streak(3)}, \"orders\": {{ \"Tripper\": \"FailureStreak(5)\" }}", Environment);
        world.Delete();
        Assert.Equal("FailureStreak(5)", world.Rule("orders"));
        Assert.Empty(world.Warnings);
    }

    [Fact]
    public async Task Defaults_of_a_missing_file_are_kept_for_every_breaker()
    {
        using var world = new FilesWorld(FilesWorld.Streak(3));
        world.Files.Write(
            FilesWorld.File,
            """{ "Fluxgate": { "Defaults": { "Tripper": "FailureStreak(8)" }, "Breakers": { "orders": { "Window": "Count(9)" } } } }"""
        );
        world.Delete();
        Assert.Equal(("FailureStreak(8)", "FailureStreak(8)"), (world.Rule(), world.Rule("orders")));
        Assert.EndsWith("missing: Fluxgate:Defaults:Tripper", await world.KeptAsync(), StringComparison.Ordinal);
        Assert.EndsWith(
            "missing: Fluxgate:Breakers:orders:Window, Fluxgate:Defaults:Tripper",
            await world.KeptAsync("orders"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Other_sections_and_providers_can_change_while_a_file_is_missing()
    {
        var other = new ConfigJson("""{ "Fluxgate": { "Breakers": { "returns": { "Tripper": "FailureStreak(1)" } } } }""");
        using var world = new FilesWorld(FilesWorld.Streak(3), services: services => services.AddFluxgate(other.Section));
        world.Delete();
        other.Become("""{ "Fluxgate": { "Breakers": { "returns": { "Tripper": "FailureStreak(2)" } } } }""");
        Assert.Equal(("FailureStreak(3)", "FailureStreak(2)"), (world.Rule(), world.Rule("returns")));
    }

    [Fact]
    public void A_file_that_was_never_loaded_keeps_nothing()
    {
        using var world = new FilesWorld(null, Environment);
        world.Root.Reload();
        Assert.Empty(world.Errors);
        world.Save(FilesWorld.Streak(3));
        Assert.Equal("FailureStreak(3)", world.Rule());
    }

    [Fact]
    public void The_applications_handler_of_load_errors_is_still_called()
    {
        var called = 0;
        var files = new VirtualFiles();
        files.WriteUnnoticed("own.json", FilesWorld.Json(FilesWorld.Streak(3)));
        var source = files.Source("own.json");
        source.OnLoadException = context => context.Ignore = ++called > 0;
        var world = new FilesWorld(null, builder => builder.Add(source));
        files.Write("own.json", FilesWorld.Broken);
        Assert.Equal((1, "FailureStreak(3)"), (called, world.Rule()));
        var handler = source.OnLoadException;
        world.Dispose();
        Assert.NotSame(handler, source.OnLoadException);
        files.Write("own.json", FilesWorld.Broken);
        Assert.Equal(2, called);
    }

    private static Microsoft.Extensions.Configuration.Json.JsonConfigurationSource OverlayOf(IConfigurationBuilder builder) =>
        ((VirtualFiles)((FileConfigurationSource)builder.Sources[0]).FileProvider!).Source(Overlay);
}
