using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>The options of a fleet, in code and in the configuration, and their errors at startup.</summary>
public sealed class FleetSettings
{
    [Fact]
    public async Task Each_error_names_the_option_its_value_and_what_is_allowed()
    {
        await using var world = new FleetHostWorld();
        var host = world.Build(fleet =>
        {
            fleet.Name = "";
            fleet.Zone = "";
            fleet.MemberId = new string('x', 300);
            fleet.Interval = TimeSpan.Zero;
            fleet.StartupTimeout = TimeSpan.FromMinutes(5);
            fleet.DirectivesFile = "";
            fleet.Store = null;
            fleet.Included.Clear();
        });

        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => host.StartAsync().WaitAsync(FleetWorld.Deadline));

        Assert.Equal(
            [
                "The settings of the fleet have 8 errors:",
                "- Fleet: Name must have 1 to 256 characters, but has 0.",
                "- Fleet: Zone must have 1 to 256 characters, but has 0.",
                "- Fleet: MemberId must have 1 to 256 characters, but has 300.",
                "- Fleet: Interval must be 100ms to 1m, but is 0ms.",
                "- Fleet: StartupTimeout must be 0 to 30s, but is 5m.",
                "- Fleet: DirectivesFile must be the path of a file or null, but is empty.",
                "- Fleet: Store must be set, but is null: call UseInMemory, UseStore, or the method of a package, such as UseRedis.",
                "- Fleet: Included must have a breaker or a group, but is empty: call Include(\"…\") for each one that belongs to the fleet.",
            ],
            error.Message.Split(Environment.NewLine)
        );
    }

    [Fact]
    public async Task A_name_that_is_not_defined_ends_the_startup_with_the_closest_one()
    {
        await using var world = new FleetHostWorld();
        var host = world.Build(fleet => fleet.Include("paymets"));

        var error = await Assert.ThrowsAsync<KeyNotFoundException>(() => host.StartAsync().WaitAsync(FleetWorld.Deadline));

        Assert.Equal(
            "Included: 'paymets' is neither a breaker nor a group of the container. Did you mean payments? Known names: payments, tenants.",
            error.Message
        );
    }

    [Fact]
    public async Task The_configuration_sets_the_options()
    {
        await using var world = new FleetHostWorld();
        // A file that nobody writes: no directive is issued.
        var file = Path.Combine(Path.GetTempPath(), "fluxgate-fleet-settings.directives");
        var configuration = new ConfigurationManager
        {
            ["Fluxgate:Breakers:orders:Tripper"] = "FailureStreak(3)",
            ["Fluxgate:Fleet:Name"] = "shop",
            ["Fluxgate:Fleet:Zone"] = "eu-1a",
            ["Fluxgate:Fleet:MemberId"] = "one",
            ["Fluxgate:Fleet:Interval"] = "2s",
            ["Fluxgate:Fleet:StartupTimeout"] = "00:00:01",
            ["Fluxgate:Fleet:DirectivesFile"] = file,
            ["Fluxgate:Fleet:Include:0"] = "orders",
            ["Fluxgate:Fleet:Include:1"] = "tenants",
        };
        var host = world.Build(
            section: configuration.GetSection("Fluxgate:Fleet"),
            more: services => services.AddFluxgate(configuration.GetSection("Fluxgate"))
        );

        await host.StartAsync().WaitAsync(FleetWorld.Deadline);

        var options = host.Services.GetRequiredService<FleetOptions>();
        Assert.Equal(("shop", "eu-1a", "one", file), (options.Name, options.Zone, options.MemberId, options.DirectivesFile));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)), (options.Interval, options.StartupTimeout));
        var report = await host.Services.GetRequiredService<IFleetView>().ReadAsync();
        Assert.Equal(["orders", "tenants (shared)"], Assert.Single(report.Members).Circuits.Select(circuit => circuit.Name));
    }

    [Fact]
    public async Task Errors_of_the_configuration_name_the_path()
    {
        await using var world = new FleetHostWorld();
        var configuration = new ConfigurationManager
        {
            ["Fleet:Name"] = "shop",
            ["Fleet:Intervall"] = "2s",
            ["Fleet:StartupTimeout"] = "soon",
            ["Fleet:Include"] = "payments",
        };
        var host = world.Build(section: configuration.GetSection("Fleet"));

        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => host.StartAsync().WaitAsync(FleetWorld.Deadline));

        Assert.Contains(
            "Fleet:Intervall: unknown key 'Intervall'. Did you mean Interval? Known keys: Name, Zone,",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Fleet:StartupTimeout: 'soon' is invalid. Expected a duration such as 2s, 500ms or 00:00:02.",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Fleet:Include: 'payments' is invalid. Expected a list of names of breakers and groups.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Calls_add_to_each_other()
    {
        await using var world = new FleetHostWorld();
        var host = world.Build(
            fleet => fleet.Included.Remove("tenants"),
            services => services.AddFluxgateFleet(fleet => fleet.Zone = "later").AddFluxgate().AddBreaker("alone")
        );

        await host.StartAsync().WaitAsync(FleetWorld.Deadline);

        var member = Assert.Single((await host.Services.GetRequiredService<IFleetView>().ReadAsync()).Members);
        Assert.Equal(("later", "payments"), (member.Zone, Assert.Single(member.Circuits).Name));
    }

    [Theory]
    [InlineData("00:01:00", "00:00:30", 0)]
    [InlineData("00:00:00.1", "00:00:00", 0)]
    [InlineData("00:01:00.001", "00:00:30.001", 2)]
    [InlineData("00:00:00.099", "-00:00:00.001", 2)]
    public void The_limits_of_durations_are_allowed_and_no_more(string interval, string startupTimeout, int errors)
    {
        var options = new FleetOptions
        {
            Name = "shop",
            Interval = TimeSpan.Parse(interval, CultureInfo.InvariantCulture),
            StartupTimeout = TimeSpan.Parse(startupTimeout, CultureInfo.InvariantCulture),
        };
        options.UseInMemory(new()).Include("payments");

        Assert.Equal(errors, FleetOptionsCheck.ErrorsOf(options).Count());
    }

    [Theory]
    [InlineData("2s", 2_000)]
    [InlineData("0.5s", 500)]
    [InlineData("500ms", 500)]
    [InlineData("1m", 60_000)]
    [InlineData("00:00:02", 2_000)]
    [InlineData("-2s", null)]
    [InlineData("2h", null)]
    [InlineData("1000000m", null)]
    [InlineData("999999999999999999999999m", null)]
    [InlineData("", null)]
    public void A_duration_has_a_unit(string text, int? milliseconds)
    {
        var options = new FleetOptions { Interval = TimeSpan.Zero };
        List<string> errors = [];

        FleetSection.Read(new ConfigurationManager { ["Interval"] = text }, options, [], errors);

        Assert.Equal((milliseconds ?? 0, milliseconds is null ? 1 : 0), (options.Interval.TotalMilliseconds, errors.Count));
    }

    [Fact]
    public void Keys_of_stores_are_known_and_empty_names_are_not()
    {
        List<string> errors = [];
        var section = new ConfigurationManager { ["redis"] = "localhost", ["Include:0"] = "" };

        FleetSection.Read(section, new(), ["Redis"], errors);

        Assert.Equal(["Include:0: '' is invalid. Expected the name of a breaker or a group."], errors);
    }

    [Fact]
    public async Task A_breaker_that_is_included_twice_is_one_circuit()
    {
        await using var world = new FleetHostWorld();

        var host = await world.StartAsync(fleet => fleet.Include("PAYMENTS", "payments"));

        var member = Assert.Single((await host.Services.GetRequiredService<IFleetView>().ReadAsync()).Members);
        Assert.Equal(["payments", "tenants (shared)"], member.Circuits.Select(circuit => circuit.Name));
    }
}
