using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>The samples that documents print in full: the block below their code is their output.</summary>
public sealed class SamplesOfDocuments
{
    // A sample that lives in tenths of a second goes another way where the machine has no time for it at the wrong moment.
    private const int Runs = 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <param name="sample">Its folder.</param>
    /// <param name="document">The document that prints it.</param>
    /// <param name="measured">What differs from run to run: times that are left, and how many orders they took.</param>
    [Theory]
    [InlineData("Composing", "README.md", @"(?<=retry after )\d+(?= ms$)|^[ \d]\d(?=: 42 in stock$)")]
    [InlineData("HttpClients", "docs/http.md", null)]
    [InlineData("NamedPipelines", "docs/named-pipelines.md", @"(?<=It probes again in )\d+\.\d+(?=s\.$)")]
    public async Task A_sample_prints_what_stands_below_its_code(string sample, string document, string? measured)
    {
        var expected = Output(sample, document)
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
    private static IReadOnlyList<string> Output(string sample, string document)
    {
        var text = Repository.Read(document);
        var at = text.IndexOf($"`dotnet run --project samples/{sample}` runs it.", StringComparison.Ordinal);
        Assert.True(at >= 0, $"{document} no longer says how to run samples/{sample}.");
        var blocks = WalkBlock.In(text[at..]);
        Assert.Equal(("csharp", ""), (blocks[0].Language, blocks[1].Language));
        return blocks[1].Lines;
    }
}
