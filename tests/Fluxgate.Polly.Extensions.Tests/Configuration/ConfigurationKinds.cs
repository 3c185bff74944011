using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>Checks roots, sections, chains, decorators and providers of every kind, whose file is missing or whose keys are removed.</summary>
public sealed class ConfigurationKinds
{
    private const string Default = "MinRequests(100) & FailureRate(50%)";

    [Theory]
    [InlineData("root")]
    [InlineData("section")]
    [InlineData("chained root")]
    [InlineData("chained section")]
    [InlineData("chained twice")]
    [InlineData("manager")]
    public async Task A_missing_file_keeps_its_rules(string kind)
    {
        using var world = new FilesWorld(FilesWorld.Streak(3), wrap: root => Wrapped(kind, root));
        Assert.Equal("FailureStreak(3)", world.Rule());
        world.Delete();
        Assert.Equal("FailureStreak(3)", world.Rule());
        Assert.Contains("Breakers:payments:Tripper", Assert.Single(world.Errors), StringComparison.Ordinal);
        Assert.NotNull(await world.KeptAsync());
        world.Files.Write(FilesWorld.File, "{}");
        Assert.Equal(Default, world.Rule());
        Assert.Contains("Breakers:payments:Tripper", Assert.Single(world.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_configuration_is_read_and_its_removed_keys_are_reported()
    {
        using var world = new FilesWorld(
            $"{FilesWorld.Streak(3)}, \"orders\": {{}}",
            wrap: root => new Decorated(root.GetSection("Fluxgate"))
        );
        Assert.Equal("FailureStreak(3)", world.Rule());
        Assert.Equal("orders", world.Breakers["orders"].Name);
        world.Save("\"payments\": { \"ProbeLease\": \"7s\" }");
        Assert.Equal((Default, TimeSpan.FromSeconds(7)), (world.Rule(), world.Settings().ProbeLease));
        Assert.Single(
            world.Warnings,
            text => text.Contains("removed from the configuration: Breakers:payments:Tripper", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_provider_that_throws_on_load_changes_nothing()
    {
        var provider = new Remote { Response = { ["Fluxgate:Breakers:payments:Tripper"] = "FailureStreak(3)" } };
        using var world = new FilesWorld("\"payments\": {}", builder => builder.Add(provider));
        provider.Throws = true;
        Assert.Throws<IOException>(world.Root.Reload);
        world.Save("\"payments\": { \"ProbeLease\": \"7s\" }");
        Assert.Equal(("FailureStreak(3)", TimeSpan.FromSeconds(7)), (world.Rule(), world.Settings().ProbeLease));
    }

    [Fact]
    public void A_provider_with_computed_keys_is_read()
    {
        using var world = new FilesWorld("\"payments\": {}", builder => builder.Add(new Computed()));
        Assert.Equal("FailureStreak(6)", world.Rule());
    }

    [Fact]
    public void An_environment_variable_is_read_beside_a_deleted_file()
    {
        const string Variable = "FLUXGATETEST_Fluxgate__Breakers__payments__ProbeLease";
        Environment.SetEnvironmentVariable(Variable, "10s");
        try
        {
            using var world = new FilesWorld(
                FilesWorld.Streak(3),
                builder => builder.AddEnvironmentVariables("FLUXGATETEST_").AddCommandLine(["--Fluxgate:Breakers:payments:Window=Count(9)"])
            );
            world.Delete();
            Assert.Equal(
                ("FailureStreak(3)", TimeSpan.FromSeconds(10), "Count(9)"),
                (world.Rule(), world.Settings().ProbeLease, world.Settings().Window.ToString())
            );
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Fact]
    public void A_file_that_a_manager_rebuilds_keeps_its_rules()
    {
        var files = new VirtualFiles();
        files.WriteUnnoticed("own.json", FilesWorld.Json(FilesWorld.Streak(3)));
        var manager = new ConfigurationManager();
        ((IConfigurationBuilder)manager).Add(files.Source("own.json"));
        using var world = new FilesWorld(null, wrap: _ => manager.GetSection("Fluxgate"));
        files.WriteUnnoticed("own.json", null);
        ((IConfigurationBuilder)manager).Sources.Insert(0, new MemoryConfigurationSource());
        Assert.Equal("FailureStreak(3)", world.Rule());
        Assert.Single(world.Errors);
    }

    // Compares random changes of four providers with a model of one provider at a time.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Each_key_has_the_value_of_the_last_provider_that_loaded(int seed)
    {
        string[] paths = [FilesWorld.File, "second.json", "third.json"];
        using var world = new FilesWorld(
            null,
            builder =>
            {
                var files = (VirtualFiles)((FileConfigurationSource)builder.Sources[0]).FileProvider!;
                builder.Add(files.Source(paths[1])).Add(files.Source(paths[2], ignoreLoadErrors: false));
            }
        );
        var random = new Random(seed);
        var said = new Dictionary<string, (int? Streak, int? Lease)>(StringComparer.Ordinal);
        for (var step = 0; step < 300; step++)
        {
            var path = paths[random.Next(paths.Length)];
            var (streak, lease) = (
                random.Next(3) > 0 ? random.Next(1, 50) : (int?)null,
                random.Next(3) > 0 ? random.Next(1, 50) : (int?)null
            );
            switch (random.Next(5))
            {
                case 0:
                    world.Files.Write(path, null);
                    break;
                case 1:
                    world.Files.Write(path, FilesWorld.Broken);
                    break;
                case 2:
                    world.Files.Write(path, random.Next(2) == 0 ? "{}" : "{ \"Other\": true }");
                    said[path] = default;
                    break;
                default:
                    world.Files.Write(path, Text(streak, lease));
                    said[path] = (streak, lease);
                    break;
            }

            var rule = paths.Select(known => said.GetValueOrDefault(known).Streak).LastOrDefault(known => known is not null);
            var probeLease = paths.Select(known => said.GetValueOrDefault(known).Lease).LastOrDefault(known => known is not null);
            Assert.Equal(
                (step, rule is null ? Default : $"FailureStreak({rule})", TimeSpan.FromSeconds(probeLease ?? 30)),
                (step, world.Rule(), world.Settings().ProbeLease)
            );
        }

        static string Text(int? streak, int? lease)
        {
            List<string> keys = [];
            if (streak is not null)
            {
                keys.Add($"\"Tripper\": \"FailureStreak({streak})\"");
            }

            if (lease is not null)
            {
                keys.Add($"\"ProbeLease\": \"{lease}s\"");
            }

            return FilesWorld.Json($"\"payments\": {{ {string.Join(", ", keys)} }}");
        }
    }

    private static IConfiguration Wrapped(string kind, IConfigurationRoot root)
    {
        switch (kind)
        {
            case "root":
                return new ConfigurationBuilder().AddConfiguration(root.GetSection("Fluxgate")).Build();
            case "section":
                return root.GetSection("Fluxgate");
            case "chained root":
                return new ConfigurationBuilder().AddConfiguration(root).Build().GetSection("Fluxgate");
            case "chained section":
                return new ConfigurationBuilder()
                    .AddConfiguration(new ConfigurationBuilder().AddConfiguration(root).Build().GetSection("Fluxgate"))
                    .Build();
            case "chained twice":
                return new ConfigurationBuilder()
                    .AddConfiguration(new ConfigurationBuilder().AddConfiguration(root).Build())
                    .Build()
                    .GetSection("Fluxgate");
            default:
                var manager = new ConfigurationManager();
                manager.AddConfiguration(root);
                return manager.GetSection("Fluxgate");
        }
    }

    private sealed class Decorated(IConfiguration inner) : IConfiguration
    {
        public string? this[string key]
        {
            get => inner[key];
            set => inner[key] = value;
        }

        public IEnumerable<IConfigurationSection> GetChildren() => inner.GetChildren();

        public IChangeToken GetReloadToken() => inner.GetReloadToken();

        public IConfigurationSection GetSection(string key) => inner.GetSection(key);
    }

    private sealed class Remote : ConfigurationProvider, IConfigurationSource
    {
        public bool Throws { get; set; }

        public Dictionary<string, string?> Response { get; } = new(StringComparer.OrdinalIgnoreCase);

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() => Data = Throws ? throw new IOException("The server does not respond.") : Response;
    }

    private sealed class Computed : ConfigurationProvider, IConfigurationSource
    {
        private readonly Dictionary<string, string?> _keys = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Fluxgate:Breakers:payments:Tripper"] = "FailureStreak(6)",
        };

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value) => _keys.TryGetValue(key, out value);

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            new MemoryConfigurationProvider(new() { InitialData = _keys }).GetChildKeys(earlierKeys, parentPath);
    }
}
