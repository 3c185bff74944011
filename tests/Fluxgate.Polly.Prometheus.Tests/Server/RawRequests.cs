using System.Net.Sockets;
using System.Text;

namespace Fluxgate;

/// <summary>Checks the responses to requests that are sent as bytes of HTTP/1.1.</summary>
public sealed class RawRequests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();
    private readonly RunningServer _running;

    public RawRequests() => _running = new(time: _time);

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Theory]
    [InlineData("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n")]
    [InlineData("GET /?a=b HTTP/1.1\r\nHost:localhost\r\nconnection: keep-alive, close\r\n\r\n")]
    [InlineData("GET http://localhost/ HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc")]
    public async Task A_request_that_closes_its_connection_gets_a_response(string request)
    {
        var response = await AskAsync(request);

        Assert.StartsWith("HTTP/1.1 200 OK\r\nDate: ", response, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n\r\n", response, StringComparison.Ordinal);
        Assert.EndsWith("/metrics\n", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_one_connection_get_responses_in_order()
    {
        var responses = await AskAsync(
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );

        var heads = responses.Split("HTTP/1.1 ")[1..].Select(response => response[..3]);
        Assert.Equal(["200", "404", "404"], heads);
    }

    [Fact]
    public async Task A_request_can_arrive_byte_by_byte()
    {
        using var client = await _running.ConnectAsync();
        client.NoDelay = true;
        foreach (var letter in "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray())
        {
            await client.GetStream().WriteAsync(new[] { letter });
        }

        Assert.StartsWith("HTTP/1.1 200 ", await RestAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("GET /\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nAccept : text/plain\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: a\r\n  folded: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n: nameless\r\n\r\n")]
    public async Task An_invalid_request_gets_400_and_the_connection_closes(string bytes) =>
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", await AskAsync(bytes), StringComparison.Ordinal);

    [Fact]
    public async Task A_too_long_header_gets_400_and_its_rest_is_not_a_request()
    {
        var filler = $"X-Filler: {new string('x', 20_000)}\r\n";

        var response = await AskAsync(
            $"GET / HTTP/1.1\r\nHost: localhost\r\n{filler}\r\nGET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        );

        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Equal(1, response.Split("\r\nDate: ").Length - 1);
    }

    [Theory]
    [InlineData("Content-Length: 48")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_body_is_never_parsed_as_a_request(string header)
    {
        var responses = await AskAsync(
            $"POST / HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );

        Assert.StartsWith("HTTP/1.1 405 ", responses, StringComparison.Ordinal);
        Assert.Equal(1, responses.Split("\r\nDate: ").Length - 1);
    }

    [Fact]
    public async Task A_large_unread_body_still_gets_a_response()
    {
        var body = new string('x', 500_000);

        var response = await AskAsync($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 405 ", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_client_is_disconnected_after_2_minutes()
    {
        using var silent = await _running.ConnectAsync();
        await silent.GetStream().WriteAsync("GET /metr"u8.ToArray());
        await ScrapeWaiting.UntilAsync(() => _time.ArmedTimers == 1, "the timeout of the server");

        _time.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAnyAsync<IOException>(() => RestAsync(silent));
    }

    [Fact]
    public async Task A_failed_rendering_closes_only_its_own_connection()
    {
        _running.Pool.IsEmpty = true;
        using var client = await _running.ConnectAndAskAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => RestAsync(client));
        _running.Pool.IsEmpty = false;

        Assert.Equal(["closed"], (await _running.ScrapeAsync()).CurrentStates("payments"));
    }

    private async Task<string> AskAsync(string bytes)
    {
        using var client = await _running.ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes));
        return await RestAsync(client);
    }

    private static async Task<string> RestAsync(TcpClient client)
    {
        using var rest = new MemoryStream();
        await client.GetStream().CopyToAsync(rest).WaitAsync(Deadline);
        return Encoding.ASCII.GetString(rest.ToArray());
    }
}
