namespace Fluxgate.Rules;

/// <summary>The rules are part of the later product: they know nothing of the simulation.</summary>
public sealed class RuleDependencies
{
    [Fact]
    public void The_rules_use_nothing_of_the_simulator()
    {
        var files = Directory.GetFiles(Repository.Find("tests/Fleet.Simulator/Rules"), "*.cs");

        Assert.InRange(files.Length, 10, 30);
        Assert.All(files, file => Assert.DoesNotContain("using ", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.All(files, file => Assert.Contains("namespace Fluxgate;", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.Empty(FleetRules.Default.Errors);
    }
}
