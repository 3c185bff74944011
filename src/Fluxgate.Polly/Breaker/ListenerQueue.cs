using System.Threading.Channels;

namespace Fluxgate;

/// <summary>The queue of an asynchronous listener: a bounded channel. One task reads it, and runs only while the channel is not empty.</summary>
internal sealed class ListenerQueue : ICircuitListener, IDisposable
{
    private readonly IAsyncCircuitListener _listener;
    private readonly FluxgateBreaker _breaker;
    private readonly int _mostNotices;
    private readonly Channel<object> _channel;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationToken _cancellationToken;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reading;
    private bool _closed;

    public ListenerQueue(IAsyncCircuitListener listener, int capacity, FluxgateBreaker breaker)
    {
        (_listener, _breaker, _cancellationToken) = (listener, breaker, _cancellation.Token);
        _mostNotices = Math.Min(capacity, FluxgateDefaults.MostNoticesWaiting);
        _channel = Channel.CreateBounded<object>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest },
            Dropped
        );
    }

    /// <summary>Gets a task that completes when the listener has been detached.</summary>
    public Task Ended => _ended.Task;

    public void OnAttached(FluxgateBreaker breaker) => _listener.OnAttached(breaker);

    // The reading task delivers everything in the queue and then detaches the listener.
    public void OnDetached(FluxgateBreaker breaker)
    {
        Volatile.Write(ref _closed, true);
        StartReading();
    }

    public void OnSignal(Signal signal) => Write(signal);

    // Counters contain the information of a notice, so a notice never displaces a signal.
    public void OnNotice(Notice notice)
    {
        if (_channel.Reader.Count < _mostNotices)
        {
            Write(notice);
        }
    }

    /// <summary>Drops everything in the queue, and cancels the current call of the listener. Never throws.</summary>
    public async Task CancelAsync()
    {
        while (_channel.Reader.TryRead(out var item))
        {
            Dropped(item);
        }

        try
        {
            await _cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error)
        {
            _breaker.Machine.UserCode.ReportError(UserErrorSource.Listener, error);
        }

        Dispose();
    }

    public void Dispose() => _cancellation.Dispose();

    private void Write(object item)
    {
        _channel.Writer.TryWrite(item);
        StartReading();
    }

    private void StartReading()
    {
        if (Interlocked.Exchange(ref _reading, 1) == 0)
        {
            // Unsafe: the listener must not run in the execution context of a caller, whose activity and async locals end with the call.
            ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.ReadAsync(), this, preferLocal: false);
        }
    }

    private void Dropped(object item)
    {
        if (item is Signal signal)
        {
            _breaker.Machine.SignalDropped(signal);
        }
    }

    private async Task ReadAsync()
    {
        ListenerCall.Enter();
        var reader = _channel.Reader;
        do
        {
            while (reader.TryRead(out var item))
            {
                await CallAsync(item).ConfigureAwait(false);
            }

            if (Volatile.Read(ref _closed) && reader.Count == 0)
            {
                Detach();
                return;
            }

            Interlocked.Exchange(ref _reading, 0);
        } while ((reader.Count > 0 || Volatile.Read(ref _closed)) && Interlocked.Exchange(ref _reading, 1) == 0);
    }

    private async ValueTask CallAsync(object item)
    {
        try
        {
            if (item is Signal signal)
            {
                await _listener.OnSignalAsync(signal, _cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _listener.OnNoticeAsync((Notice)item, _cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            _breaker.Machine.UserCode.ReportListenerError(error, item);
        }
    }

    private void Detach()
    {
        try
        {
            _listener.OnDetached(_breaker);
        }
        catch (Exception error)
        {
            _breaker.Machine.UserCode.ReportError(UserErrorSource.Listener, error);
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
