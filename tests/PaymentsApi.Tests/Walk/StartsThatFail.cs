using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>What cannot work is told in a sentence, without a stack trace, and with exit code 2.</summary>
public sealed class StartsThatFail
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
    public async Task A_bad_setting_is_named(string argument, string path, string word)
    {
        var said = await RefusedAsync(
            argument.StartsWith("--urls", StringComparison.Ordinal) ? [argument] : [argument, "--urls", "http://127.0.0.1:0"]
        );

        Assert.Contains(path, said, StringComparison.Ordinal);
        Assert.Contains(word, said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_too_short_is_refused_and_not_shown()
    {
        var said = await RefusedAsync(["--Control:Enabled=true", "--Control:Key=short-one"]);

        Assert.Contains("Control:Key", said, StringComparison.Ordinal);
        Assert.DoesNotContain("short-one", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        Assert.Contains($"127.0.0.1:{port}", await RefusedAsync(["--urls", $"http://127.0.0.1:{port}"]), StringComparison.Ordinal);
        Assert.Contains(
            $"127.0.0.1:{port}",
            await RefusedAsync(["--urls", "http://127.0.0.1:0", $"--Upstreams:CardsPort={port}"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_that_is_no_json_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("payments-start");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), "{ \"Fluxgate\": ");

            Assert.Contains("appsettings.json", await RefusedAsync([], folder.FullName), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Help_is_no_failure()
    {
        await using var service = PaymentsProcess.Start(Folder, ["--help"]);

        Assert.Equal(0, await service.EndAsync());
        Assert.Contains("--urls", service.All, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(IEnumerable<string> arguments, string? folder = null)
    {
        await using var service = PaymentsProcess.Start(folder ?? Folder, arguments);
        var exitCode = await service.EndAsync();
        var said = service.All;

        Assert.True(exitCode == 2, $"It ended with {exitCode} and wrote:\n{said}");
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", said, StringComparison.Ordinal);
        return said;
    }
}
