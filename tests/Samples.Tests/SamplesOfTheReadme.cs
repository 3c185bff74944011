using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>The samples that the README prints whole: below their code stands what they really print, to the last line.</summary>
public sealed class SamplesOfTheReadme
{
    // A sample that lives in tenths of a second goes another way where the machine has no time for it at the wrong moment.
    private const int Runs = 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <param name="sample">Its folder.</param>
    /// <param name="measured">What differs from run to run: times that are left, and how many orders they took.</param>
    [Theory]
    [InlineData("Composing", @"(?<=again in )\d+(?= ms$)|^[ \d]\d(?=: 42 in stock$)")]
    [InlineData("HttpClients", null)]
    [InlineData("NamedPipelines", @"(?<=It probes again in )\d+\.\d+(?=s\.$)")]
    public async Task A_sample_prints_what_stands_below_its_code(string sample, string? measured)
    {
        var expected = Output(sample)
            .Select(line => measured is null ? line : Regex.Replace(line, measured, "…", RegexOptions.None, Deadline))
            .ToArray();
        var output = "";
        for (var run = 0; run < Runs; run++)
        {
            (var exitCode, output, var errors) = await ExternalTool.RunAsync(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, $"{sample}.dll")]
            );
            Assert.True(exitCode == 0, $"It ended with {exitCode} and wrote:\n{output}{errors}");
            if (WalkPattern.IsMet(expected, output))
            {
                return;
            }
        }

        Assert.Fail($"samples/{sample} was to print\n{string.Join('\n', expected)}\nbut in {Runs} runs it did not; in the last:\n{output}");
    }

    /// <summary>The block after that of the code.</summary>
    private static IReadOnlyList<string> Output(string sample)
    {
        var readme = Repository.Read("README.md");
        var at = readme.IndexOf($"`dotnet run --project samples/{sample}` runs it.", StringComparison.Ordinal);
        Assert.True(at >= 0, $"The README no longer says how to run samples/{sample}.");
        var blocks = WalkBlock.In(readme[at..]);
        Assert.Equal(("csharp", ""), (blocks[0].Language, blocks[1].Language));
        return blocks[1].Lines;
    }
}
