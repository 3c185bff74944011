namespace Fluxgate;

public sealed class ReadmeWalk : IDisposable
{
    private const string Run = "dotnet run --project samples/PaymentsApi";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("payments-walk");

    public ReadmeWalk()
    {
        Directory.CreateDirectory(Sample);
        File.Copy(Repository.Find("samples/PaymentsApi/appsettings.json"), Path.Combine(Sample, "appsettings.json"));
    }

    private string Sample => Path.Combine(_root.FullName, "samples", "PaymentsApi");

    public void Dispose() => _root.Delete(recursive: true);

    [NeedsCurlFact]
    public async Task Every_command_of_the_readme_prints_the_documented_output_and_log()
    {
        var blocks = WalkBlock.In(Repository.Read("samples/PaymentsApi/README.md"));
        var words = Assert.Single(blocks[0].Lines).Split(' ');
        Assert.Equal(Run, string.Join(' ', words.SkipWhile(word => word.Contains('=', StringComparison.Ordinal))));
        var environment = words
            .TakeWhile(word => word.Contains('=', StringComparison.Ordinal))
            .Select(word => word.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair[1]));

        // With a longer timeout than the sample has: the first call of a process may take seconds on a busy machine.
        string[] arguments = ["--urls", "http://127.0.0.1:0", "--Upstreams:Timeout=00:00:30"];
        await using var service = PaymentsProcess.Start(Sample, arguments, environment);
        var authority = new Uri(await service.AddressAsync()).Authority;
        var (commands, logs) = (0, 0);
        foreach (var block in blocks)
        {
            if (block.Language == "console")
            {
                foreach (var (command, printed) in block.Commands())
                {
                    await RunAsync(command.Replace("localhost:5080", authority, StringComparison.Ordinal), printed, service);
                    commands++;
                }
            }
            else if (block.Language == "log")
            {
                foreach (var line in block.Lines)
                {
                    await service.LineAsync(written => WalkPattern.IsMet(line, written), line);
                    logs++;
                }
            }
        }

        Assert.True(commands > 20 && logs > 5, $"{commands} commands and {logs} lines of the log were found.");
        await service.TerminateAsync();
        Assert.Equal(0, await service.EndAsync());
    }

    [Theory]
    [InlineData("a 1", "a 1", true)]
    [InlineData("a 1", "a 2", false)]
    [InlineData("a …", "a 2", true)]
    [InlineData("10:00:00 info", "23:59:59 info", true)]
    [InlineData("break for 00:00:20", "break for 00:00:21", false)]
    [InlineData("at 2026-11-21T10:28:41.7801289+00:00", "at 2027-01-01T00:00:00.1+00:00", true)]
    [InlineData("at 2026-11-21T10:28:41.7801289+00:00", "at noon", false)]
    public void Only_times_and_omitted_text_may_differ(string expected, string actual, bool isMet) =>
        Assert.Equal(isMet, WalkPattern.IsMet([expected], $"{actual}\n"));

    private async Task RunAsync(string command, IReadOnlyList<string> printed, PaymentsProcess service)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("bash", ["-c", $"cd '{_root.FullName}' && {command}"]);

        Assert.True(
            exitCode == 0 && WalkPattern.IsMet(printed, output),
            $"$ {command}\nshould print\n{string.Join('\n', printed)}\nbut printed (exit code {exitCode})\n{output}{errors}\nThe service wrote:\n{service.All}"
        );
    }
}
