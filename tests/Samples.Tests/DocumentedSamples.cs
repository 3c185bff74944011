using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>Runs the samples that documents print in full: the block after their code is their output.</summary>
public sealed class DocumentedSamples
{
    // A sample that uses tenths of a second may print other lines on a busy machine.
    private const int Runs = 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <param name="sample">Its folder.</param>
    /// <param name="document">The document that prints it.</param>
    /// <param name="measured">The text that differs from run to run: remaining times, and how many orders they took.</param>
    [Theory]
    [InlineData("Composing", "README.md", @"(?<=retry after )\d+(?= ms$)|^[ \d]\d(?=: 42 in stock$)")]
    [InlineData("Grpc", "samples/Grpc/README.md", null)]
    [InlineData("HttpClients", "docs/http.md", null)]
    [InlineData("NamedPipelines", "docs/named-pipelines.md", @"(?<=It probes again in )\d+\.\d+(?=s\.$)")]
    [InlineData("Tenants", "samples/Tenants/README.md", null)]
    public async Task A_sample_prints_the_output_below_its_code(string sample, string document, string? measured)
    {
        var expected = Output(sample, document)
            .Select(line => measured is null ? line : Regex.Replace(line, measured, "…", RegexOptions.None, Deadline))
            .ToArray();
        var output = "";
        for (var run = 0; run < Runs; run++)
        {
            (var exitCode, output, var errors) = await ExternalTool.RunAsync("dotnet", [BuiltSample.PathOf(sample)]);
            Assert.True(exitCode == 0, $"It ended with {exitCode} and wrote:\n{output}{errors}");
            if (WalkPattern.IsMet(expected, output))
            {
                return;
            }
        }

        Assert.Fail($"samples/{sample} should print\n{string.Join('\n', expected)}\nbut in {Runs} runs it did not; in the last:\n{output}");
    }

    /// <summary>Returns the block after that of the code.</summary>
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
