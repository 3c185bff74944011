using Fluxgate.Report;

namespace Fluxgate.Program;

public sealed class CommandLineOptions
{
    [Theory]
    [InlineData("--members 2", "--members must be a whole number from 3 to 5000, but is '2'.")]
    [InlineData("--members ten", "--members must be a whole number from 3 to 5000, but is 'ten'.")]
    [InlineData("--seed -1", "--seed must be a whole number from 0 to 2147483647, but is '-1'.")]
    [InlineData("--seed", "--seed needs a value: a whole number from 0 to 2147483647.")]
    [InlineData("--svg", "--svg needs a value: the path of a file.")]
    [InlineData(
        "--members 3 --svg no-such-folder/a.svg",
        "--svg must be the path of a file that can be written, but is 'no-such-folder/a.svg'"
    )]
    [InlineData("--color", "'--color' is not an option. Options: --scenario,")]
    [InlineData("--scenario outrage", "--scenario must be one of outage, step,")]
    [InlineData("--variant flat", "--variant must be one of fleet, alone,")]
    public void Invalid_input_names_option_value_and_what_is_allowed(string arguments, string message)
    {
        var (code, output, errors) = Run(arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.StartsWith(message, errors, StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Fact]
    public void Piped_output_is_plain_text()
    {
        var (code, output, _) = Run(["--scenario", "blink", "--members", "20", "--seed", "7"]);

        Assert.Equal(0, code);
        Assert.StartsWith("blink, fleet: 20 members, seed 7", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains("offered", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_gets_colors()
    {
        Assert.Contains('\u001b', Run(["--scenario", "blink", "--members", "20"], isTerminal: true).Output);
    }

    [Fact]
    public void The_list_names_all_scenarios_and_variants()
    {
        var (_, output, _) = Run(["--list"]);

        Assert.All(Scenarios.Scenario.All, scenario => Assert.Contains($"  {scenario.Name} ", output, StringComparison.Ordinal));
        Assert.All(Scenarios.Variant.All, variant => Assert.Contains($"  {variant.Name} ", output, StringComparison.Ordinal));
    }

    private static (int Code, string Output, string Errors) Run(string[] arguments, bool isTerminal = false)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = new CommandLine(output, errors, isTerminal).Run(arguments);
        return (code, output.ToString(), errors.ToString());
    }
}
