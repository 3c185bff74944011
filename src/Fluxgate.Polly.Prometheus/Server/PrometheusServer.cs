using System.Net.Sockets;

namespace Fluxgate;

/// <summary>A small HTTP server for <c>/metrics</c>, for scripts and workers without a web framework.</summary>
/// <remarks>
/// Thread-safe. The server runs in the background. It listens on loopback by default, since the page contains the names and states of
/// dependencies and the server has no authentication. Responses have the format and the content coding that the client accepts; see
/// <see cref="PrometheusMetrics.RenderAsync"/>. The connection of a client that does not read its response is aborted after 30 seconds.
/// </remarks>
/// <example>
/// <code>
/// using var server = new PrometheusServer(9464);
/// server.Start(); // http://localhost:9464/metrics
/// </code>
/// </example>
public sealed class PrometheusServer : IDisposable, IAsyncDisposable
{
    private const string Localhost = "localhost";

    /// <summary>The delay after an accept that failed for lack of sockets or memory.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly ListenHost _host;
    private readonly RequestHandler _handler;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopped = new();
    private IReadOnlyList<Socket> _sockets = [];
    private Task _serving = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Creates a server that does not listen yet.</summary>
    /// <param name="port">The port, from 1 to 65535, or 0 for a free one, which <see cref="Port"/> returns after <see cref="Start"/>.</param>
    /// <param name="host">
    /// The host to listen on: <c>localhost</c>, the default, for both loopback addresses; an IPv4 or IPv6 address of this machine, with or
    /// without brackets; a host name, for its addresses on this machine; <c>*</c>, <c>+</c> or <c>::</c> for all IPv4 and IPv6 addresses;
    /// <c>0.0.0.0</c> for all IPv4 addresses. Only requests for this host are served, and on loopback also those for <c>localhost</c> and the
    /// loopback addresses. With all addresses, requests for any host are served.
    /// </param>
    /// <param name="metrics">The metrics to serve. The default is <see cref="PrometheusMetrics.Default"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="port"/> is out of range, or <paramref name="host"/> has none of these forms.</exception>
    public PrometheusServer(int port, string host = Localhost, PrometheusMetrics? metrics = null)
        : this(port, host, metrics, TimeProvider.System) { }

    internal PrometheusServer(int port, string host, PrometheusMetrics? metrics, TimeProvider time)
    {
        if (port is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, $"port must be from 0 to 65535, but is {port}.");
        }

        _host = new(host);
        Port = port;
        Host = host;
        _handler = new(metrics ?? PrometheusMetrics.Default, _host);
        _time = time;
    }

    /// <summary>Gets the port, or 0 before <see cref="Start"/> if the server selects a free one.</summary>
    public int Port { get; private set; }

    /// <summary>Gets the host as it was specified.</summary>
    public string Host { get; }

    /// <summary>Starts to listen. It is a no-op if the server is listening.</summary>
    /// <exception cref="IOException">The port is in use, or the host has no address on this machine. The message names both and the cause.</exception>
    /// <exception cref="ObjectDisposedException">The server was disposed.</exception>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_sockets.Count > 0)
            {
                return;
            }

            _sockets = Listen();
            Port = ListeningSockets.PortOf(_sockets[0]);
            _serving = Task.WhenAll(_sockets.Select(socket => Task.Run(() => ServeAsync(socket))));
        }
    }

    /// <summary>Stops listening and aborts open connections. Further calls are no-ops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _stopped.Cancel();
            foreach (var socket in _sockets)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Stops the server as <see cref="Dispose"/> does, and waits until it accepts no more connections.</summary>
    /// <returns>A task that completes when the server has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _serving.ConfigureAwait(false);
    }

    private IReadOnlyList<Socket> Listen()
    {
        try
        {
            return ListeningSockets.Open(_host, Port);
        }
        catch (SocketException error)
        {
            throw new IOException($"PrometheusServer cannot listen on port {Port} of {Host}: {Cause(error)}", error);
        }
    }

    private static string Cause(SocketException error) =>
        error.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "the port is in use by another process or server.",
            SocketError.AddressNotAvailable => "it is not an address of this machine.",
            SocketError.AccessDenied => "the process has no permission to use the port; ports below 1024 often require a privilege.",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"the name has no address ({error.Message}).",
            _ => $"{error.Message}.",
        };

    private async Task ServeAsync(Socket socket)
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                var client = await socket.AcceptAsync(_stopped.Token).ConfigureAwait(false);
                _ = Task.Run(() => new Connection(client, _handler, _time).RunAsync(_stopped.Token));
            }
            catch (SocketException) when (!_stopped.IsCancellationRequested)
            {
                // A client that disconnected before it was accepted, or too many open sockets. Without a delay this loop would spin.
                await Task.Delay(AcceptPause, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The server is disposed, which ends the loop.
            }
        }
    }
}
