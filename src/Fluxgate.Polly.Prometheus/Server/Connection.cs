using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>One client of the stand-alone server: its requests, one after the other.</summary>
internal sealed class Connection(Socket socket, MetricsPages pages, TimeProvider time)
{
    /// <summary>How long a client may take to read its response.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take from one response, or from its connecting, to the end of its next request.</summary>
    public static readonly TimeSpan IdlePatience = TimeSpan.FromMinutes(2);

    private const int LongestHead = 16 * 1024;
    private const int LongestRest = 1024 * 1024;

    private readonly byte[] _buffer = new byte[LongestHead];
    private int _filled;

    /// <summary>Answers until the client leaves or the server stops. Never throws: what a client does to its connection is no concern of the server's.</summary>
    public async Task RunAsync(CancellationToken stopped)
    {
        using var stopping = stopped.UnsafeRegister(static connection => ((Connection)connection!).Abort(), this);
        try
        {
            socket.NoDelay = true;
            while (await AnswerOneAsync(stopped).ConfigureAwait(false)) { }
        }
        catch (Exception)
        {
            Abort();
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>Answers one request.</summary>
    /// <returns>Whether another may follow.</returns>
    private async Task<bool> AnswerOneAsync(CancellationToken stopped)
    {
        if (await ReadHeadAsync().ConfigureAwait(false) is not { } length)
        {
            return false;
        }

        var request = RequestHead.Parse(_buffer.AsSpan(0, length));
        _filled -= length;
        _buffer.AsSpan(length, _filled).CopyTo(_buffer);
        var isLast = request is null or { IsLast: true };
        var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
        await pages
            .AnswerAsync(request, local, response => SendAsync(response, request is { IsHead: true }, isLast), stopped)
            .ConfigureAwait(false);
        if (isLast)
        {
            await LeaveAsync().ConfigureAwait(false);
        }

        return !isLast;
    }

    /// <summary>Returns the length of the next head in the buffer; 0 for one that is too long; <see langword="null"/> when the client has left.</summary>
    private async Task<int?> ReadHeadAsync()
    {
        using var patience = AbortAfter(IdlePatience);
        int end;
        while ((end = EndOfHead(_buffer.AsSpan(0, _filled))) < 0)
        {
            if (_filled == LongestHead)
            {
                return 0;
            }

            var read = await socket.ReceiveAsync(_buffer.AsMemory(_filled)).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _filled += read;
        }

        return end;
    }

    private static int EndOfHead(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? end : end + 4;
    }

    /// <summary>A client that stops reading is cut off; the page's memory goes back to its pool only when nothing reads it any more.</summary>
    private async Task SendAsync(Response response, bool isHead, bool isLast)
    {
        using var patience = AbortAfter(Patience);
        await using var output = new NetworkStream(socket, ownsSocket: false);
        await output.WriteAsync(response.Head(time.GetUtcNow(), isLast)).ConfigureAwait(false);
        if (!isHead)
        {
            await response.WriteBody(output).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the connection, and reads what the client still sends: closed at once, it would lose the response (RFC 9112, 9.6).</summary>
    private async Task LeaveAsync()
    {
        using var patience = AbortAfter(Patience);
        socket.Shutdown(SocketShutdown.Send);
        for (int left = LongestRest, read = 1; left > 0 && read > 0; left -= read)
        {
            read = await socket.ReceiveAsync(_buffer.AsMemory()).ConfigureAwait(false);
        }
    }

    private ITimer AbortAfter(TimeSpan patience) =>
        time.CreateTimer(static connection => ((Connection)connection!).Abort(), this, patience, Timeout.InfiniteTimeSpan);

    private void Abort() => socket.Close(timeout: 0);
}
