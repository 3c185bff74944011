using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>A connection of the stand-alone server. Handles its requests one after the other.</summary>
internal sealed class Connection(Socket socket, RequestHandler handler, TimeProvider time)
{
    /// <summary>The timeout for sending a response.</summary>
    public static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The timeout for receiving a request, from the connection or the previous response to the end of the headers.</summary>
    public static readonly TimeSpan ReceiveTimeout = TimeSpan.FromMinutes(2);

    private const int MaxHeadLength = 16 * 1024;
    private const int MaxDrainedLength = 1024 * 1024;

    private readonly byte[] _buffer = new byte[MaxHeadLength];
    private int _filled;

    /// <summary>Handles requests until the client disconnects or the server stops. Never throws: an error of a connection does not affect the server.</summary>
    public async Task RunAsync(CancellationToken stopped)
    {
        using var stopping = stopped.UnsafeRegister(static connection => ((Connection)connection!).Abort(), this);
        try
        {
            socket.NoDelay = true;
            while (await HandleOneAsync(stopped).ConfigureAwait(false)) { }
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

    /// <summary>Handles one request.</summary>
    /// <returns><see langword="true"/> if another request may follow.</returns>
    private async Task<bool> HandleOneAsync(CancellationToken stopped)
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
        await handler
            .HandleAsync(request, local, response => SendAsync(response, request is { IsHead: true }, isLast), stopped)
            .ConfigureAwait(false);
        if (isLast)
        {
            await CloseAsync().ConfigureAwait(false);
        }

        return !isLast;
    }

    /// <summary>Returns the length of the next head in the buffer, 0 if it is too long, or <see langword="null"/> if the client has disconnected.</summary>
    private async Task<int?> ReadHeadAsync()
    {
        using var timeout = AbortAfter(ReceiveTimeout);
        int end;
        while ((end = EndOfHead(_buffer.AsSpan(0, _filled))) < 0)
        {
            if (_filled == MaxHeadLength)
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

    /// <summary>Sends a response. If the client does not read it in time, the connection is aborted.</summary>
    private async Task SendAsync(Response response, bool isHead, bool isLast)
    {
        using var timeout = AbortAfter(SendTimeout);
        await using var output = new NetworkStream(socket, ownsSocket: false);
        await output.WriteAsync(response.Head(time.GetUtcNow(), isLast)).ConfigureAwait(false);
        if (!isHead)
        {
            await response.WriteBody(output).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection after it has read what the client still sends. Closed at once, it could lose the response (RFC 9112, 9.6).</summary>
    private async Task CloseAsync()
    {
        using var timeout = AbortAfter(SendTimeout);
        socket.Shutdown(SocketShutdown.Send);
        for (int left = MaxDrainedLength, read = 1; left > 0 && read > 0; left -= read)
        {
            read = await socket.ReceiveAsync(_buffer.AsMemory()).ConfigureAwait(false);
        }
    }

    private ITimer AbortAfter(TimeSpan timeout) =>
        time.CreateTimer(static connection => ((Connection)connection!).Abort(), this, timeout, Timeout.InfiniteTimeSpan);

    private void Abort() => socket.Close(timeout: 0);
}
