using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Checks that a key removed from a provider that loads returns to its default, with a warning.</summary>
public sealed class RemovedKeys
{
    private const string Default = "MinRequests(100) & FailureRate(50%)";

    [Theory]
    [InlineData("{ \"Fluxgate\": { \"Breakers\": { \"payments\": {} } } }")]
    [InlineData("{ \"Fluxgate\": { \"Breakers\": {} } }")]
    [InlineData("{ \"Fluxgate\": {} }")]
    [InlineData("{ \"Other\": 1 }")]
    [InlineData("{}")]
    public void A_setting_returns_to_its_default_when_its_key_is_removed(string json)
    {
        using var world = new FilesWorld(FilesWorld.Streak(3));
        world.Files.Write(FilesWorld.File, json);
        Assert.Equal(Default, world.Rule());
        Assert.Equal(
            "Keys were removed from the configuration: Fluxgate:Breakers:payments:Tripper. Their settings return to the values from code or to the defaults.",
            Assert.Single(world.Warnings)
        );
        Assert.Empty(world.Errors);
    }

    [Fact]
    public void A_section_can_be_filled_emptied_and_filled_again()
    {
        using var world = new FilesWorld(FilesWorld.Streak(3));
        world.Files.Write(FilesWorld.File, "{}");
        world.Save(FilesWorld.Streak(4));
        Assert.Equal("FailureStreak(4)", world.Rule());
        world.Files.Write(FilesWorld.File, "{}");
        Assert.Equal(Default, world.Rule());
        world.Delete();
        Assert.Equal(Default, world.Rule());
        world.Save(FilesWorld.Streak(5));
        world.Delete();
        Assert.Equal("FailureStreak(5)", world.Rule());
        Assert.Equal((2, 1), (world.Warnings.Count, world.Errors.Count));
    }

    [Fact]
    public void A_removed_default_is_reported_once_for_all_breakers()
    {
        using var world = new FilesWorld("\"payments\": {}, \"orders\": {}");
        world.Files.Write(
            FilesWorld.File,
            """{ "Fluxgate": { "Defaults": { "Tripper": "FailureStreak(8)" }, "Breakers": { "orders": {} } } }"""
        );
        world.Save("\"payments\": {}, \"orders\": {}");
        Assert.Equal((Default, Default), (world.Rule(), world.Rule("orders")));
        Assert.Contains(
            "removed from the configuration: Fluxgate:Defaults:Tripper.",
            Assert.Single(world.Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_key_that_another_provider_still_has_is_not_removed()
    {
        using var world = new FilesWorld(
            FilesWorld.Streak(3),
            builder => builder.AddInMemoryCollection([new("Fluxgate:Breakers:payments:Tripper", "FailureStreak(2)")])
        );
        world.Save("\"payments\": {}");
        Assert.Equal("FailureStreak(2)", world.Rule());
        Assert.Empty(world.Warnings);
    }

    [Fact]
    public void Many_removed_keys_are_one_warning_of_limited_length()
    {
        using var world = new FilesWorld(
            string.Join(", ", Enumerable.Range(0, 1000).Select(number => $"\"b{number}\": {{ \"ProbeLease\": \"3s\" }}")),
            services: services =>
            {
                var fluxgate = services.AddFluxgate();
                for (var number = 0; number < 1000; number++)
                {
                    fluxgate.AddBreaker($"b{number}");
                }
            }
        );
        world.Save("\"payments\": {}");
        var warning = Assert.Single(world.Warnings);
        Assert.InRange(warning.Length, 100, 2000);
        Assert.Contains(" more", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_change_removes_nothing()
    {
        using var world = new FilesWorld(FilesWorld.Streak(3));
        world.Save("\"payments\": { \"ProbeLease\": \"soon\" }");
        Assert.Equal("FailureStreak(3)", world.Rule());
        Assert.Empty(world.Warnings);
    }
}
