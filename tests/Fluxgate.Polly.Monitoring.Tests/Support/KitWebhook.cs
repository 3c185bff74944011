using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Fluxgate;

/// <summary>A receiver on loopback that keeps the alerts that Alertmanager sends.</summary>
internal sealed class KitWebhook : IAsyncDisposable
{
    private const int Attempts = 3;

    private readonly HttpListener _listener;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _receiving;

    public KitWebhook()
    {
        (_listener, Port) = Listen(Attempts);
        _receiving = ReceiveAsync();
    }

    public int Port { get; }

    /// <summary>The labels of each alert that was sent as firing, in order.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Fired { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Close();
        await _receiving;
        _over.Dispose();
    }

    private static (HttpListener Listener, int Port) Listen(int attempts)
    {
        var port = KitProgram.FreePort();
        var listener = new HttpListener { Prefixes = { $"http://localhost:{port}/" } };
        try
        {
            listener.Start();
            return (listener, port);
        }
        catch (HttpListenerException) when (attempts > 1)
        {
            // Another program took the port first.
            return Listen(attempts - 1);
        }
    }

    private async Task ReceiveAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                // A listener that is closed while it starts to wait never completes, so the cancellation ends the wait too.
                var context = await _listener.GetContextAsync().WaitAsync(_over.Token);
                using var message = await JsonDocument.ParseAsync(context.Request.InputStream, cancellationToken: _over.Token);
                foreach (var alert in message.RootElement.GetProperty("alerts").EnumerateArray())
                {
                    if (alert.GetProperty("status").GetString() == "firing")
                    {
                        Fired.Enqueue(KitAlerts.Strings(alert.GetProperty("labels")));
                    }
                }

                context.Response.Close();
            }
            catch (Exception error)
                when (error
                        is HttpListenerException
                            or ObjectDisposedException
                            or InvalidOperationException
                            or OperationCanceledException
                            or IOException
                            or JsonException
                )
            {
                // The test is over, or Alertmanager ended during a message.
            }
        }
    }
}
