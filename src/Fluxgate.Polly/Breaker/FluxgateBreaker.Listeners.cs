namespace Fluxgate;

/// <content>Attaches and detaches listeners.</content>
public sealed partial class FluxgateBreaker
{
    private int _attached;
    private int _disposed;

    internal bool HasListeners => _listeners.Length > 0;

    /// <summary>
    /// Creates a breaker whose listeners are not called before <see cref="Attach"/>. Use it if several threads can create the breaker of one
    /// name: publish one breaker and attach its listeners, and dispose the others.
    /// </summary>
    /// <param name="name">The circuit's name in signals, metrics and exceptions: 1 to 256 characters. All characters are allowed.</param>
    /// <param name="settings">The settings, which are copied. By default, those of a new <see cref="FluxgateBreakerSettings"/>.</param>
    /// <param name="timeProvider">The clock of the breaker; by default, the system's.</param>
    /// <returns>The breaker. It admits and rejects calls immediately. Signals from before <see cref="Attach"/> are delivered by it.</returns>
    /// <exception cref="ArgumentException">The name or a setting is out of range or missing. The message names it, its value and what is allowed.</exception>
    public static FluxgateBreaker CreateUnattached(
        string name,
        FluxgateBreakerSettings? settings = null,
        TimeProvider? timeProvider = null
    ) => new(Require.CircuitName(name), settings ?? new(), Clock.Of(timeProvider));

    /// <summary>Attaches the listeners of a breaker that was created by <see cref="CreateUnattached"/>: calls their <c>OnAttached</c> in order, then delivers the signals and notices so far.</summary>
    /// <remarks>This is a no-op if the listeners are attached already, or the breaker has been disposed. Thread-safe.</remarks>
    public void Attach()
    {
        if (Interlocked.Exchange(ref _attached, 1) != 0)
        {
            return;
        }

        foreach (var listener in _listeners)
        {
            CallOnAttached(listener);
        }

        Machine.BeginDelivery();
    }

    /// <summary>Delivers the remaining signals to the listeners, detaches them, and stops the timers.</summary>
    /// <remarks>
    /// The breaker continues to admit and reject calls, without listeners. It waits for listeners up to
    /// <see cref="FluxgateBreakerSettings.ListenerFlushTimeout"/> on the breaker's clock; if that is a virtual clock, prefer
    /// <see cref="DisposeAsync"/>. A listener that takes longer is detached when its current call returns. Never throws. Further calls are
    /// no-ops. Thread-safe.
    /// </remarks>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Does the same as <see cref="Dispose"/> without blocking a thread.</summary>
    /// <returns>A task that completes when the listeners have been detached or the timeout has elapsed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        var wasAttached = Interlocked.Exchange(ref _attached, 1) != 0;
        Machine.StopTimers();
        if (wasAttached)
        {
            var endings = Machine.EndDelivery().Select(EndAsync);
            await Task.WhenAll(endings.Concat(_queues.Select(EndAsync)).ToArray()).ConfigureAwait(false);
        }

        Machine.RemoveSubscriptions(all: !wasAttached);
    }

    /// <summary>Stops the timers, and drops the listeners without a call.</summary>
    internal void DropListeners()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Machine.StopTimers();
            Machine.RemoveSubscriptions(all: true);
        }
    }

    private void CallOnAttached(AttachedListener listener)
    {
        try
        {
            listener.OnAttached();
        }
        catch (Exception error)
        {
            Machine.UserCode.ReportError(UserErrorSource.Listener, error);
        }
    }

    private async Task EndAsync(Subscription subscription)
    {
        if (!subscription.IsDeliveringHere && !await EndsInTimeAsync(subscription.Ended).ConfigureAwait(false))
        {
            subscription.DropAll();
            subscription.Deliver();
        }
    }

    private async Task EndAsync(ListenerQueue queue)
    {
        if (await EndsInTimeAsync(queue.Ended).ConfigureAwait(false))
        {
            queue.Dispose();
        }
        else
        {
            // Not awaited: it runs continuations of the listener, which may hang.
            _ = queue.CancelAsync();
        }
    }

    private async Task<bool> EndsInTimeAsync(Task ended)
    {
        if (!ended.IsCompleted)
        {
            var timeout = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var timer = FlushTimer(timeout);
            await Task.WhenAny(ended, timeout.Task).ConfigureAwait(false);
            End(timer);
        }

        return ended.IsCompleted;
    }

    private ITimer? FlushTimer(TaskCompletionSource timeout)
    {
        try
        {
            return Machine.Clock.Provider.CreateTimer(_ => timeout.TrySetResult(), null, _flushTimeout, Timeout.InfiniteTimeSpan);
        }
        catch (Exception error)
        {
            // The timer is the user's. Without it, the timeout elapses immediately, so the wait remains bounded.
            Machine.UserCode.ReportClockError(error);
            timeout.TrySetResult();
            return null;
        }
    }

    private void End(ITimer? timer)
    {
        try
        {
            timer?.Dispose();
        }
        catch (Exception error)
        {
            Machine.UserCode.ReportClockError(error);
        }
    }

    /// <summary>Returns the recorders of durations, or <see langword="null"/> if no listener requires durations.</summary>
    private Durations? DurationsOf(IEnumerable<IListener> listeners)
    {
        var (buckets, sinks) = (new List<DurationBuckets>(), new List<IDurationSink>());
        foreach (var listener in listeners)
        {
            if ((listener as IDurationListener)?.SinkFor(this) is { } sink)
            {
                sinks.Add(sink);
            }

            if (BucketsOf(listener) is { } required && !buckets.Contains(required))
            {
                buckets.Add(required);
            }
        }

        return buckets.Count + sinks.Count == 0 ? null : new([.. buckets], [.. sinks.Distinct()], Machine.UserCode);
    }

    private DurationBuckets? BucketsOf(IListener listener)
    {
        try
        {
            return listener.DurationBuckets;
        }
        catch (Exception error)
        {
            Machine.UserCode.ReportError(UserErrorSource.Listener, error);
            return null;
        }
    }
}
