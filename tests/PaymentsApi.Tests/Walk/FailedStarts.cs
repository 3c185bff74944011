using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>Checks that a startup error is reported in a sentence, without a stack trace, and with exit code 2.</summary>
public sealed class FailedStarts
{
    private static readonly string Folder = Repository.Find("samples/PaymentsApi");

    [Theory]
    [InlineData("--Fluxgate:Breakers:cards:Tripper=FailureSteak(2)", "Fluxgate:Breakers:cards:Tripper", "FailureStreak")]
    [InlineData("--Fluxgate:Breakers:cards:Wndow=Count(5)", "Fluxgate:Breakers:cards:Wndow", "Window")]
    [InlineData("--Control:Enabled=true", "Control:Key", "16")]
    [InlineData("--Control:Enabled=perhaps", "Control:Enabled", "perhaps")]
    [InlineData("--Payments:AcceptUncheckedUpTo=-1", "Payments:AcceptUncheckedUpTo", "-1")]
    [InlineData("--Upstreams:Timeout=soon", "Upstreams:Timeout", "soon")]
    [InlineData("--Metrics:Labels:le=1", "Metrics:Labels", "le")]
    [InlineData("--Slack:Token=secret-token", "Slack", "Channel")]
    [InlineData("--urls=ftp://localhost:1", "urls", "ftp://localhost:1")]
    [InlineData("--urls=http://localhost:0", "urls", "http://127.0.0.1:0")]
    public async Task An_invalid_setting_is_reported(string argument, string path, string word)
    {
        var output = await RejectedAsync(
            argument.StartsWith("--urls", StringComparison.Ordinal) ? [argument] : [argument, "--urls", "http://127.0.0.1:0"]
        );

        Assert.Contains(path, output, StringComparison.Ordinal);
        Assert.Contains(word, output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_too_short_key_is_rejected_and_not_shown()
    {
        var output = await RejectedAsync(["--Control:Enabled=true", "--Control:Key=short-one"]);

        Assert.Contains("Control:Key", output, StringComparison.Ordinal);
        Assert.DoesNotContain("short-one", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_reported()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        Assert.Contains($"127.0.0.1:{port}", await RejectedAsync(["--urls", $"http://127.0.0.1:{port}"]), StringComparison.Ordinal);
        Assert.Contains(
            $"127.0.0.1:{port}",
            await RejectedAsync(["--urls", "http://127.0.0.1:0", $"--Upstreams:CardsPort={port}"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_that_is_not_JSON_is_reported()
    {
        var folder = Directory.CreateTempSubdirectory("payments-start");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), "{ \"Fluxgate\": ");

            Assert.Contains("appsettings.json", await RejectedAsync([], folder.FullName), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Help_exits_with_0()
    {
        await using var service = PaymentsProcess.Start(Folder, ["--help"]);

        Assert.Equal(0, await service.EndAsync());
        Assert.Contains("--urls", service.All, StringComparison.Ordinal);
    }

    private static async Task<string> RejectedAsync(IEnumerable<string> arguments, string? folder = null)
    {
        await using var service = PaymentsProcess.Start(folder ?? Folder, arguments);
        var exitCode = await service.EndAsync();
        var output = service.All;

        Assert.True(exitCode == 2, $"It ended with {exitCode} and wrote:\n{output}");
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
        return output;
    }
}
