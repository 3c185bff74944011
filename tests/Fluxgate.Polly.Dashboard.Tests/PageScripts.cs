namespace Fluxgate;

public sealed class PageScripts
{
    private const int MostLines = 300;

    [NeedsNodeFact]
    public async Task The_functions_without_a_document_work_in_node()
    {
        var files = Directory.GetFiles(Repository.Find("tests/Fluxgate.Polly.Dashboard.Tests/Script"), "*.test.mjs");
        var (exitCode, output, errors) = await ExternalTool.RunAsync("node", ["--no-warnings", "--test", "--test-reporter=tap", .. files]);

        Assert.True(exitCode == 0, $"{output}\n{errors}");
        Assert.Contains("# fail 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("# pass 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void No_file_is_long() =>
        Assert.All(
            Directory.GetFiles(Repository.Find("src/Fluxgate.Polly.AspNetCore/Dashboard/Page"), "*.js"),
            file => Assert.InRange(File.ReadLines(file).Count(), 1, MostLines)
        );
}
