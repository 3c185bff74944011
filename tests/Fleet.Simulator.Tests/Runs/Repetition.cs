using Fluxgate.Report;
using Fluxgate.Scenarios;
using Fluxgate.Simulation;

namespace Fluxgate.Runs;

public sealed class Repetition
{
    [Fact]
    public void Runs_of_one_seed_are_the_same_byte_for_byte()
    {
        Assert.Equal(Picture(seed: 7), Picture(seed: 7));
    }

    [Fact]
    public void Runs_of_two_seeds_differ()
    {
        Assert.NotEqual(Picture(seed: 7), Picture(seed: 8));
    }

    [Fact]
    public void Invalid_rules_are_reported_with_setting_value_and_range()
    {
        var world = new World { Rules = FleetRules.Default with { Probers = 0, Growth = 0.5 } };

        var error = Assert.Throws<ArgumentException>(() => Run.Of(world));

        Assert.Contains("Growth must be greater than 1, but is 0.5.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Probers must be at least 1, but is 0.", error.Message, StringComparison.Ordinal);
    }

    // All that a run records at each second is in the picture.
    private static string Picture(ulong seed) => SvgPicture.Of(Run.Of(Scenario.Rough.World(members: 100, seed: seed)), "rough");
}
