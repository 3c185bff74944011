using System.Threading.Channels;

namespace Fluxgate;

/// <summary>Stands before an asynchronous listener: a bounded channel, read by one task that lives only while there is something in it.</summary>
internal sealed class ListenerQueue : ICircuitListener, IDisposable
{
    private readonly IAsyncCircuitListener _listener;
    private readonly FluxgateBreaker _breaker;
    private readonly int _mostNotices;
    private readonly Channel<object> _channel;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly CancellationToken _gaveUp;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reading;
    private bool _closed;

    public ListenerQueue(IAsyncCircuitListener listener, int capacity, FluxgateBreaker breaker)
    {
        (_listener, _breaker, _gaveUp) = (listener, breaker, _giveUp.Token);
        _mostNotices = Math.Min(capacity, FluxgateDefaults.MostNoticesWaiting);
        _channel = Channel.CreateBounded<object>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest },
            Dropped
        );
    }

    /// <summary>Completes when the listener was detached.</summary>
    public Task Ended => _ended.Task;

    public void OnAttached(FluxgateBreaker breaker) => _listener.OnAttached(breaker);

    // The task that reads detaches the listener, after all that is queued.
    public void OnDetached(FluxgateBreaker breaker)
    {
        Volatile.Write(ref _closed, true);
        StartReading();
    }

    public void OnSignal(Signal signal) => Write(signal);

    // The counters hold what a notice says, so a notice never drops a signal.
    public void OnNotice(Notice notice)
    {
        if (_channel.Reader.Count < _mostNotices)
        {
            Write(notice);
        }
    }

    /// <summary>Drops what is queued, and cancels what the listener is doing.</summary>
    public async Task GiveUpAsync()
    {
        while (_channel.Reader.TryRead(out var news))
        {
            Dropped(news);
        }

        try
        {
            await _giveUp.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error)
        {
            _breaker.Machine.UserCode.Failed(UserErrorSource.Listener, error);
        }
    }

    public void Dispose() => _giveUp.Dispose();

    private void Write(object news)
    {
        _channel.Writer.TryWrite(news);
        StartReading();
    }

    private void StartReading()
    {
        if (Interlocked.Exchange(ref _reading, 1) == 0)
        {
            // Unsafe: the listener runs in no caller's context, whose activity and async locals end with the call.
            ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.ReadAsync(), this, preferLocal: false);
        }
    }

    private void Dropped(object news)
    {
        if (news is Signal signal)
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
            while (reader.TryRead(out var news))
            {
                await CallAsync(news).ConfigureAwait(false);
            }

            if (Volatile.Read(ref _closed) && reader.Count == 0)
            {
                Detach();
                return;
            }

            Interlocked.Exchange(ref _reading, 0);
        } while ((reader.Count > 0 || Volatile.Read(ref _closed)) && Interlocked.Exchange(ref _reading, 1) == 0);
    }

    private async ValueTask CallAsync(object news)
    {
        try
        {
            if (news is Signal signal)
            {
                await _listener.OnSignalAsync(signal, _gaveUp).ConfigureAwait(false);
            }
            else
            {
                await _listener.OnNoticeAsync((Notice)news, _gaveUp).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            _breaker.Machine.UserCode.ListenerFailed(error, news);
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
            _breaker.Machine.UserCode.Failed(UserErrorSource.Listener, error);
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
