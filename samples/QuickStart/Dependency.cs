using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace QuickStart;

/// <summary>An HTTP server on loopback that follows a schedule.</summary>
internal sealed class Dependency : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Schedule _schedule;
    private readonly Stopwatch _clock;
    private readonly Task _accepting;

    public Dependency(Schedule schedule, Stopwatch clock)
    {
        _schedule = schedule;
        _clock = clock;
        _listener.Start();
        Address = new($"http://{_listener.LocalEndpoint}/charge");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token), _closing.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The dependency was disposed.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken closing)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                while (await ReadRequestAsync(reader, closing))
                {
                    var failed = await WorkAsync(closing);
                    await stream.WriteAsync(
                        failed
                            ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"u8.ToArray()
                            : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
                        closing
                    );
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The caller disconnected, or the dependency was disposed.
        }
    }

    /// <summary>Reads a request without a body. Returns <see langword="false"/> if the caller has disconnected.</summary>
    private static async Task<bool> ReadRequestAsync(StreamReader reader, CancellationToken closing)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync(closing);
        } while (line is { Length: > 0 });

        return line is not null;
    }

    /// <summary>Waits as long as the schedule requires. Returns whether the request fails.</summary>
    private async Task<bool> WorkAsync(CancellationToken closing)
    {
        var behavior = _schedule.BehaviorAt(_clock.Elapsed);
        await Task.Delay(
            behavior switch
            {
                Behavior.Slow => TimeSpan.FromMilliseconds(Random.Shared.Next(300, 450)),
                Behavior.Hanging => Timeout.InfiniteTimeSpan,
                _ => TimeSpan.FromMilliseconds(Random.Shared.Next(20, 60)),
            },
            closing
        );
        return behavior == Behavior.Failing;
    }
}
