using System.Net.Sockets;

namespace Fluxgate;

/// <summary>A small HTTP server with nothing but <c>/metrics</c>, for scripts and workers that have no web framework.</summary>
/// <remarks>
/// It runs in the background and blocks nobody. It listens on loopback unless told otherwise: the page tells the names and states of
/// dependencies, and there is no authentication. A client gets OpenMetrics or text, and gzip, as it asks; see
/// <see cref="PrometheusMetrics.RenderAsync"/>. One that stops reading is cut off after 30 seconds. Thread-safe.
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

    /// <summary>The wait after an accept that failed for want of sockets or memory.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly ListenHost _host;
    private readonly MetricsPages _pages;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopped = new();
    private IReadOnlyList<Socket> _sockets = [];
    private Task _serving = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Creates a server that does not listen yet.</summary>
    /// <param name="port">1 to 65535, or 0 for a free one, which <see cref="Port"/> tells after <see cref="Start"/>.</param>
    /// <param name="host">
    /// Where to listen: <c>localhost</c>, the default, for both loopback addresses; an IPv4 or IPv6 address of this machine, with or without
    /// brackets; a host name, for those of its addresses that this machine has; <c>*</c>, <c>+</c> or <c>::</c> for every address, IPv4 and IPv6;
    /// <c>0.0.0.0</c> for every IPv4 address. Only requests that name this host are answered, on loopback those for <c>localhost</c> and the
    /// loopback addresses too; with every address, all are.
    /// </param>
    /// <param name="metrics">What it serves; <see cref="PrometheusMetrics.Default"/> unless given.</param>
    /// <exception cref="ArgumentException"><paramref name="port"/> is out of range, or <paramref name="host"/> is none of these forms.</exception>
    public PrometheusServer(int port, string host = Localhost, PrometheusMetrics? metrics = null)
        : this(port, host, metrics, TimeProvider.System) { }

    internal PrometheusServer(int port, string host, PrometheusMetrics? metrics, TimeProvider time)
    {
        if (port is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, $"port must be 0 to 65535, but is {port}.");
        }

        _host = new(host);
        Port = port;
        Host = host;
        _pages = new(metrics ?? PrometheusMetrics.Default, _host);
        _time = time;
    }

    /// <summary>The port; 0 before <see cref="Start"/> where the server is to pick a free one.</summary>
    public int Port { get; private set; }

    /// <summary>Gets the host, as it was given.</summary>
    public string Host { get; }

    /// <summary>Begins to listen, and returns. Does nothing when it listens already.</summary>
    /// <exception cref="IOException">The port is in use, or the host is none of this machine's; the message names both and the cause.</exception>
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

    /// <summary>Stops listening. Pages that are being sent are cut off. Further calls do nothing.</summary>
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

    /// <summary>As <see cref="Dispose"/>, and waits until no request is accepted any more.</summary>
    /// <returns>A task that completes when the server has ended.</returns>
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
            SocketError.AddressAlreadyInUse => "the port is in use by another program or server.",
            SocketError.AddressNotAvailable => "it is not an address of this machine.",
            SocketError.AccessDenied => "this process may not use the port; ports below 1024 often need a privilege.",
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
                _ = Task.Run(() => new Connection(client, _pages, _time).RunAsync(_stopped.Token));
            }
            catch (SocketException) when (!_stopped.IsCancellationRequested)
            {
                // A client that left before it was accepted, or too many open sockets: without a pause these would be asked for again and again.
                await Task.Delay(AcceptPause, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The server was disposed, which ends the loop.
            }
        }
    }
}
