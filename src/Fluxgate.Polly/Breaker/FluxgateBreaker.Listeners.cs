namespace Fluxgate;

/// <content>How listeners are attached and detached.</content>
public sealed partial class FluxgateBreaker
{
    private int _attached;
    private int _disposed;

    /// <summary>
    /// Creates a breaker whose listeners are not called before <see cref="Attach"/>. Use it where several threads may create the breaker of
    /// one name: publish one of them and attach its listeners, and dispose the others.
    /// </summary>
    /// <param name="name">The circuit's name, as in the constructor.</param>
    /// <param name="settings">The parts, as in the constructor.</param>
    /// <param name="timeProvider">The breaker's one clock, as in the constructor.</param>
    /// <returns>The breaker. It decides at once; what happens before its listeners are attached is delivered to them afterwards.</returns>
    /// <exception cref="ArgumentException">As in the constructor.</exception>
    public static FluxgateBreaker CreateUnattached(
        string name,
        FluxgateBreakerSettings? settings = null,
        TimeProvider? timeProvider = null
    ) => new(name, settings ?? new(), Clock.Of(timeProvider));

    /// <summary>Attaches the listeners of a breaker of <see cref="CreateUnattached"/>: calls their <c>OnAttached</c> in order, then delivers what has happened.</summary>
    /// <remarks>Does nothing where the listeners are attached, or the breaker was disposed before they were. Thread-safe.</remarks>
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

    /// <summary>Ends listening: listeners receive what has happened up to now, and are detached; timers stop.</summary>
    /// <remarks>
    /// The breaker goes on deciding for calls that still reach it, without listeners. Waits for listeners up to
    /// <see cref="FluxgateBreakerSettings.ListenerFlushTimeout"/> on the breaker's clock; where that is a virtual one, prefer
    /// <see cref="DisposeAsync"/>. A listener that takes longer is detached when its own call returns. Never throws. Further calls do nothing.
    /// </remarks>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>As <see cref="Dispose"/>, without blocking a thread.</summary>
    /// <returns>A task that completes when listeners were detached, or their time has run out.</returns>
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

    private void CallOnAttached(AttachedListener listener)
    {
        try
        {
            listener.OnAttached();
        }
        catch (Exception error)
        {
            Machine.UserCode.Failed(UserErrorSource.Listener, error);
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
        if (!await EndsInTimeAsync(queue.Ended).ConfigureAwait(false))
        {
            await queue.GiveUpAsync().ConfigureAwait(false);
        }

        queue.Dispose();
    }

    private async Task<bool> EndsInTimeAsync(Task ended)
    {
        if (!ended.IsCompleted)
        {
            var timeout = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var timer = FlushTimer(timeout);
            await Task.WhenAny(ended, timeout.Task).ConfigureAwait(false);
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
            // A user's timer. The time is bounded all the same: it is over at once.
            Machine.UserCode.ClockFailed(error);
            timeout.SetResult();
            return null;
        }
    }

    /// <summary><see langword="null"/> when no listener asks for durations.</summary>
    private Durations? DurationsOf(IEnumerable<IListener> listeners)
    {
        var (buckets, sinks) = (new List<DurationBuckets>(), new List<IDurationSink>());
        foreach (var listener in listeners)
        {
            if ((listener as IDurationListener)?.SinkFor(this) is { } sink)
            {
                sinks.Add(sink);
            }

            if (BucketsOf(listener) is { } wanted && !buckets.Contains(wanted))
            {
                buckets.Add(wanted);
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
            Machine.UserCode.Failed(UserErrorSource.Listener, error);
            return null;
        }
    }
}
