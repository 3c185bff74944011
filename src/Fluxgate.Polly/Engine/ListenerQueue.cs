namespace Fluxgate;

/// <summary>Stands before an asynchronous listener: a bounded queue that is worked off by one task, which lives only while there is something in it.</summary>
internal sealed class ListenerQueue : ICircuitListener, IDisposable
{
    private readonly IAsyncCircuitListener _listener;
    private readonly int _capacity;
    private readonly Action<Signal> _dropped;
    private readonly Action<Exception, object?> _failed;
    private readonly Queue<object> _queue = new();
    private readonly CancellationTokenSource _giveUp;
    private readonly CancellationToken _gaveUp;
    private TaskCompletionSource? _pumping;
    private bool _closed;

    public ListenerQueue(IAsyncCircuitListener listener, int capacity, Action<Signal> dropped, Action<Exception, object?> failed)
    {
        (_listener, _capacity, _dropped, _failed) = (listener, capacity, dropped, failed);
        _giveUp = new();
        _gaveUp = _giveUp.Token;
    }

    public void OnAttached(FluxgateBreaker breaker) => _listener.OnAttached(breaker);

    public void OnDetached(FluxgateBreaker breaker) => _listener.OnDetached(breaker);

    public void OnSignal(Signal signal)
    {
        if (!TryEnqueue(signal))
        {
            _dropped(signal);
        }
    }

    // A notice that finds the queue full is left out: the counters hold what it says.
    public void OnNotice(Notice notice) => TryEnqueue(notice);

    /// <summary>Takes no more, and works off what is queued; what takes longer than the timeout is cancelled and _dropped.</summary>
    public async Task FlushAsync(TimeSpan timeout, TimeProvider timeProvider)
    {
        Task pump;
        lock (_queue)
        {
            _closed = true;
            pump = _pumping?.Task ?? Task.CompletedTask;
        }

        try
        {
            await pump.WaitAsync(timeout, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Signal[] lost;
            lock (_queue)
            {
                lost = [.. _queue.OfType<Signal>()];
                _queue.Clear();
            }

            Array.ForEach(lost, _dropped);
            await _giveUp.CancelAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _giveUp.Dispose();

    private bool TryEnqueue(object news)
    {
        lock (_queue)
        {
            if (_closed || _queue.Count >= _capacity)
            {
                return false;
            }

            _queue.Enqueue(news);
            if (_pumping is null)
            {
                // Unsafe: the listener runs in no caller's context, whose activity and async locals end with the call.
                _pumping = new(TaskCreationOptions.RunContinuationsAsynchronously);
                ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.PumpAsync(), this, preferLocal: false);
            }

            return true;
        }
    }

    private async Task PumpAsync()
    {
        while (TryDequeue() is { } news)
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
                _failed(error, news);
            }
        }
    }

    private object? TryDequeue()
    {
        lock (_queue)
        {
            if (_queue.TryDequeue(out var news))
            {
                return news;
            }

            // Said under the lock, so that whoever enqueues next starts another pump.
            _pumping!.SetResult();
            _pumping = null;
            return null;
        }
    }
}
