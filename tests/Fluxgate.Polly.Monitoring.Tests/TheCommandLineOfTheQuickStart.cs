using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>What the sample's command line takes, and what it says where it cannot run.</summary>
public sealed class TheCommandLineOfTheQuickStart
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task It_helps_and_runs_nothing(string argument)
    {
        var (exitCode, said, errors) = await KitQuickStart.RunAsync(argument);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.All(
            ["Usage: ", "--port N", "--forever", "--help", "NO_COLOR", "Exit code: "],
            part => Assert.Contains(part, said, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("metrics: ", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--prot' is not a valid argument. Try --help.", "--prot", "1")]
    [InlineData("'8080' is not a valid argument. Try --help.", "8080")]
    [InlineData("--port must be followed by a number from 0 to 65535.", "--forever", "--port")]
    [InlineData("--port must be followed by a number from 0 to 65535, but is followed by 'many'.", "--port", "many")]
    [InlineData("--port must be followed by a number from 0 to 65535, but is followed by '-1'.", "--port", "-1")]
    [InlineData("--port must be followed by a number from 0 to 65535, but is followed by '65536'.", "--port", "65536")]
    public async Task It_says_what_is_wrong_with_an_argument_and_ends_with_2(string expected, params string[] arguments)
    {
        var (exitCode, said, errors) = await KitQuickStart.RunAsync(arguments);

        Assert.Equal((2, expected, expected), (exitCode, said, errors));
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_named_with_what_to_do_about_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (exitCode, said, errors) = await KitQuickStart.RunAsync("--port", $"{port}");

        Assert.Equal((2, errors), (exitCode, said));
        Assert.Contains($"port {port} ", errors, StringComparison.Ordinal);
        Assert.EndsWith("Choose another with --port, or --port 0 for a free one.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }
}
