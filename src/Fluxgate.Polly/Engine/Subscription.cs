using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// Delivers the signals and notices of one breaker to one listener: each once, in order, never two at a time. The thread that raises the
/// number of requests from zero delivers until it is zero again. Another thread, or the listener itself, only raises the number and leaves delivery
/// to that thread.
/// </summary>
/// <remarks>
/// A thread that made a transition delivers for a bounded time; the rest moves to the thread pool. The backlog of a listener is bounded:
/// the oldest entries are dropped, and dropped signals are counted.
/// </remarks>
internal sealed class Subscription(StateMachine machine, IReceiver receiver, TimelineEntry start)
{
    /// <summary>After this many messages, or this much time, a thread leaves the rest to another one.</summary>
    private const int MaxMessagesPerRun = 16;

    private static readonly TimeSpan MaxRunTime = TimeSpan.FromMilliseconds(10);

    private TimelineEntry _cursor = start;

    // The initial 1 blocks delivery until the listener is attached.
    private int _requests = 1;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _deliveringThread;

    /// <summary>Gets a task that completes when the listener has been detached.</summary>
    public Task Ended => _ended.Task;

    /// <summary>
    /// Gets a value that indicates whether the current thread is delivering to this listener. The listener then cannot be awaited.
    /// </summary>
    public bool IsDeliveringHere => Volatile.Read(ref _deliveringThread) == Environment.CurrentManagedThreadId;

    /// <summary>Returns whether the backlog is so long that notices are omitted.</summary>
    public bool IsBehind(TimelineEntry last) => Waiting(last) >= FluxgateDefaults.MostNoticesWaiting;

    /// <summary>Delivers the backlog, unless another thread is delivering.</summary>
    public void Deliver()
    {
        if (Interlocked.Increment(ref _requests) == 1)
        {
            Run();
        }
    }

    /// <summary>Delivers the backlog and enables delivery by other threads.</summary>
    public void BeginDelivery() => Run();

    /// <summary>Drops the oldest entries above the limit.</summary>
    public void DropExcess(TimelineEntry last)
    {
        while (Waiting(last) > FluxgateDefaults.MostSignalsWaiting && TryTake(out TimelineEntry dropped))
        {
            Drop(dropped);
        }
    }

    /// <summary>Drops the backlog except the end entry.</summary>
    public void DropAll()
    {
        while (
            Volatile.Read(ref _cursor).Next is { Message: var message }
            && !ReferenceEquals(message, TimelineEntry.End)
            && TryTake(out TimelineEntry dropped)
        )
        {
            Drop(dropped);
        }
    }

    private long Waiting(TimelineEntry last) => last.Ordinal - Volatile.Read(ref _cursor).Ordinal;

    private void Run()
    {
        var startedAt = machine.Clock.Now;
        var delivered = 0;
        int seen;
        do
        {
            seen = Volatile.Read(ref _requests);
            while (Volatile.Read(ref _cursor).Next is not null)
            {
                if (delivered == MaxMessagesPerRun || (delivered > 0 && machine.Clock.Between(startedAt, machine.Clock.Now) >= MaxRunTime))
                {
                    // Another thread continues: one with its own transition, or one of the thread pool.
                    Volatile.Write(ref _requests, 0);
                    ThreadPool.UnsafeQueueUserWorkItem(static subscription => subscription.Deliver(), this, preferLocal: false);
                    return;
                }

                if (TryTake(out object? message))
                {
                    Call(message);
                    delivered++;
                }
            }
        } while (Interlocked.Add(ref _requests, -seen) != 0);
    }

    /// <summary>
    /// Takes the next message. A stack frame that waits for a listener must not hold an entry, because an entry keeps all later entries alive.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTake(out object? message)
    {
        message = null;
        if (!TryTake(out TimelineEntry entry))
        {
            return false;
        }

        message = entry.Message;
        entry.MarkPassed();
        return true;
    }

    private bool TryTake(out TimelineEntry entry)
    {
        var cursor = Volatile.Read(ref _cursor);
        entry = cursor.Next!;
        return entry is not null && Interlocked.CompareExchange(ref _cursor, entry, cursor) == cursor;
    }

    private void Drop(TimelineEntry entry)
    {
        if (entry.Message is Signal)
        {
            machine.Totals.AddDropped();
        }

        entry.MarkPassed();
    }

    private void Call(object? message)
    {
        Volatile.Write(ref _deliveringThread, Environment.CurrentManagedThreadId);
        try
        {
            ListenerCall.Run(
                static call =>
                {
                    switch (call.Message)
                    {
                        case Signal signal:
                            call.Receiver.OnSignal(signal);
                            break;
                        case Notice notice:
                            call.Receiver.OnNotice(notice);
                            break;
                        default:
                            call.Receiver.OnDetached();
                            break;
                    }
                },
                (Receiver: receiver, Message: message)
            );
        }
        catch (Exception error)
        {
            machine.UserCode.ReportListenerError(error, message);
        }
        finally
        {
            Volatile.Write(ref _deliveringThread, 0);
            if (ReferenceEquals(message, TimelineEntry.End))
            {
                _ended.SetResult();
            }
        }
    }
}

/// <summary>Receives the signals and notices of a circuit: each once, in order, never two at a time.</summary>
internal interface IReceiver
{
    void OnSignal(Signal signal);

    void OnNotice(Notice notice);

    void OnDetached();
}
