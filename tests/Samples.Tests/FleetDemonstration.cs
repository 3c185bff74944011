using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary><c>samples/Fleet</c>: eight processes, a Redis that is killed, and an operator.</summary>
public sealed class FleetDemonstration
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [NeedsRedisFact]
    public async Task The_demonstration_meets_every_expectation_of_its_summary()
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("dotnet", [BuiltSample.PathOf("Fleet")]);

        Assert.True(exitCode == 0, $"It ended with {exitCode} and wrote:\n{output}{errors}");
        var summary = output[output.IndexOf("Summary after", StringComparison.Ordinal)..].Split('\n');
        Assert.Equal(12, summary.Count(line => line.StartsWith("  yes ", StringComparison.Ordinal)));
        Assert.DoesNotContain(summary, line => line.StartsWith("  NO ", StringComparison.Ordinal));
        Assert.Contains("forced open; the dry run said: 8 circuits of 8 members", output, StringComparison.Ordinal);
        Assert.Matches(new Regex("[1-9][0-9]+ succeeded, [1-9][0-9]* failed, [1-9][0-9]* rejected", RegexOptions.None, Deadline), output);
    }

    [Theory]
    [InlineData("--help", 0, "--redis ADDRESS")]
    [InlineData("--redis", 2, "--redis must be followed by one address")]
    [InlineData("--port", 2, "'--port' is not a valid argument. Try --help.")]
    public async Task Arguments_are_checked(string argument, int expected, string text)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("dotnet", [BuiltSample.PathOf("Fleet"), argument]);

        Assert.Equal(expected, exitCode);
        Assert.Contains(text, output + errors, StringComparison.Ordinal);
    }
}
