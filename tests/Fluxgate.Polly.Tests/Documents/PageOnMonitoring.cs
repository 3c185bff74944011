using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>The page that docs/monitoring.md prints, on the port that it prints.</summary>
// Shares the process-wide page with other tests, which shows only the newest circuit of a name.
[Collection("page of the process")]
public sealed class PageOnMonitoring
{
    [Fact]
    public async Task The_page_is_served_as_printed()
    {
        using var turn = DocumentsPort.Turn();
        using var payments = new FluxgateBreaker("payments", new() { Listeners = { new PrometheusListener() } });
        var page = "";

        var error = await Record.ExceptionAsync(() => ServeAsync(async () => page = await DocumentsPort.PageAsync()));
        if (error is not null)
        {
            // Another program uses the port: the error names it, and the same page is served on another port.
            Assert.Equal(DocumentsPort.Taken, Assert.IsType<IOException>(error).Message);
            using var server = new PrometheusServer(0);
            server.Start();
            page = await DocumentsPort.PageAsync(server.Port);
        }

        var printed = Assert.Single(
            WalkBlock.In(Repository.Read("docs/monitoring.md")),
            block => block.Lines[0].StartsWith("# HELP", StringComparison.Ordinal)
        );
        Assert.True(
            WalkPattern.IsMet(printed.Lines, page),
            $"docs/monitoring.md prints\n{string.Join('\n', printed.Lines)}\nbut the page is\n{page}"
        );
    }

    [Fact]
    public async Task A_port_in_use_is_named_in_the_error()
    {
        using var turn = DocumentsPort.Turn();
        using var other = new TcpListener(IPAddress.Loopback, DocumentsPort.Number);
        _ = Record.Exception(other.Start); // or somebody has it already

        var error = await Assert.ThrowsAsync<IOException>(() => ServeAsync(() => Task.CompletedTask));

        Assert.Equal(DocumentsPort.Taken, error.Message);
    }

    private static async Task ServeAsync(Func<Task> meanwhile)
    {
        using var server = new PrometheusServer(9464);
        server.Start();

        await meanwhile();
    }
}
