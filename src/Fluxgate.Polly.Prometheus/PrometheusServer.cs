using System.Net;
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
    private const string Loopback = "localhost";
    private const int PortsToTry = 20;

    /// <summary>What HttpListener says of it: EADDRINUSE of Linux and macOS, 400 for another listener of this process; three codes of Windows.</summary>
    private static readonly int[] PortInUse = [98, 48, 400, 32, 183, (int)SocketError.AddressAlreadyInUse];

    private readonly object _gate = new();
    private readonly MetricsPages _pages;
    private readonly CancellationTokenSource _stopped = new();
    private HttpListener? _listener;
    private Task _serving = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Creates a server that does not listen yet.</summary>
    /// <param name="port">1 to 65535, or 0 for a free one, which <see cref="Port"/> tells after <see cref="Start"/>.</param>
    /// <param name="host">
    /// The host that clients may ask for: a name or an address of this machine, or <c>*</c> for all of them. Loopback unless given, as
    /// <c>localhost</c> and as <c>127.0.0.1</c>.
    /// </param>
    /// <param name="metrics">What it serves; <see cref="PrometheusMetrics.Default"/> unless given.</param>
    /// <exception cref="ArgumentException"><paramref name="port"/> is out of range, or <paramref name="host"/> is empty or no host.</exception>
    public PrometheusServer(int port, string host = Loopback, PrometheusMetrics? metrics = null)
        : this(port, host, metrics, TimeProvider.System) { }

    internal PrometheusServer(int port, string host, PrometheusMetrics? metrics, TimeProvider time)
    {
        if (port is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, $"port must be 0 to 65535, but is {port}.");
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        if (host is not "*" && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            throw new ArgumentException($"host must be a host name, an IP address or *, but is '{host}'.", nameof(host));
        }

        Port = port;
        Host = host;
        _pages = new(metrics ?? PrometheusMetrics.Default, time);
    }

    /// <summary>The port; 0 before <see cref="Start"/> where the server is to pick a free one.</summary>
    public int Port { get; private set; }

    /// <summary>The host that clients may ask for.</summary>
    public string Host { get; }

    /// <summary>Begins to listen, and returns. Does nothing when it listens already.</summary>
    /// <exception cref="IOException">The port is in use, or the host is none of this machine's; the message names them.</exception>
    /// <exception cref="ObjectDisposedException">The server was disposed.</exception>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_listener is not null)
            {
                return;
            }

            var listener = Port == 0 ? ListenOnAFreePort() : Listen(Port);
            _listener = listener;
            _serving = Task.Run(() => ServeAsync(listener));
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
            _listener?.Close();
            _stopped.Cancel();
        }
    }

    /// <summary>As <see cref="Dispose"/>, and waits until no request is accepted any more.</summary>
    /// <returns>A task that completes when the server has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _serving.ConfigureAwait(false);
    }

    private HttpListener ListenOnAFreePort()
    {
        for (var left = PortsToTry; ; left--)
        {
            var port = FreePort();
            try
            {
                var listener = Listen(port);
                Port = port;
                return listener;
            }
            catch (IOException) when (left > 1)
            {
                // Another program was faster, or the port is free on one of the addresses only.
            }
        }
    }

    /// <summary>A port that is free now. HttpListener cannot be asked for one.</summary>
    private static int FreePort()
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(probe.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private HttpListener Listen(int port)
    {
        var listener = new HttpListener();
        try
        {
            foreach (var host in Prefixes())
            {
                listener.Prefixes.Add($"http://{host}:{port}/");
            }

            listener.Start();
            return listener;
        }
        catch (Exception error) when (error is HttpListenerException or SocketException)
        {
            listener.Close();
            throw new IOException($"PrometheusServer cannot listen on port {port} of {Host}: {Cause(error)}", error);
        }
    }

    private IEnumerable<string> Prefixes() =>
        Host switch
        {
            // Windows lets only administrators listen on an address.
            Loopback => OperatingSystem.IsWindows() ? [Loopback] : [Loopback, "127.0.0.1"],
            _ when Uri.CheckHostName(Host) == UriHostNameType.IPv6 => [$"[{Host.Trim('[', ']')}]"],
            _ => [Host],
        };

    private static string Cause(Exception error)
    {
        var code = error is HttpListenerException listening ? listening.ErrorCode : ((SocketException)error).ErrorCode;
        return PortInUse.Contains(code) ? "the port is in use by another program or server." : error.Message;
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                // A listener that is closed at the moment it is asked never answers, so its word is not waited for alone.
                var context = await listener.GetContextAsync().WaitAsync(_stopped.Token).ConfigureAwait(false);
                _ = Task.Run(() => _pages.AnswerAsync(context, _stopped.Token));
            }
            catch (Exception error)
                when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                // The server was disposed, which ends the loop, or a client left before it had asked for anything.
            }
        }
    }
}
