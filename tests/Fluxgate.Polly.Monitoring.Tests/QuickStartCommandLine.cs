using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>Checks the arguments of the sample and its messages where it cannot run.</summary>
public sealed class QuickStartCommandLine
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_prints_the_usage_and_runs_nothing(string argument)
    {
        var (exitCode, output, errors) = await KitQuickStart.RunAsync(argument);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.All(
            ["Usage: ", "--port N", "--forever", "--help", "NO_COLOR", "Exit code: "],
            part => Assert.Contains(part, output, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("metrics: ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--prot' is not a valid argument. Try --help.", "--prot", "1")]
    [InlineData("'8080' is not a valid argument. Try --help.", "8080")]
    [InlineData("--port must be followed by a number from 0 to 65535.", "--forever", "--port")]
    [InlineData("--port must be followed by a number from 0 to 65535, but is followed by 'many'.", "--port", "many")]
    [InlineData("--port must be followed by a number from 0 to 65535, but is followed by '-1'.", "--port", "-1")]
    [InlineData("--port must be followed by a number from 0 to 65535, but is followed by '65536'.", "--port", "65536")]
    public async Task An_invalid_argument_is_reported_with_exit_code_2(string expected, params string[] arguments)
    {
        var (exitCode, output, errors) = await KitQuickStart.RunAsync(arguments);

        Assert.Equal((2, expected, expected), (exitCode, output, errors));
    }

    [Fact]
    public async Task A_port_in_use_is_reported_with_the_options_to_change_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (exitCode, output, errors) = await KitQuickStart.RunAsync("--port", $"{port}");

        Assert.Equal((2, errors), (exitCode, output));
        Assert.Contains($"port {port} ", errors, StringComparison.Ordinal);
        Assert.EndsWith("Choose another with --port, or --port 0 for a free one.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }
}
