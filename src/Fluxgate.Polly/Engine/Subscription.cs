using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// Brings one listener the signals and notices of one breaker: each once, in order, never two at a time. Whoever raises the entry counter from
/// zero delivers until it falls back to zero; a thread that comes in between, or the listener itself, leaves its news to that one.
/// </summary>
/// <remarks>
/// A thread that made a transition delivers for a bounded time; the rest moves to the thread pool. What waits for a listener that hangs is
/// bounded too: the oldest is dropped, and dropped signals are counted.
/// </remarks>
internal sealed class Subscription(StateMachine machine, IReceiver receiver, TimelineEntry start)
{
    /// <summary>So many entries or so much time, after which a thread leaves the rest to another one.</summary>
    private const int MostInOneRun = 16;

    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(10);

    private TimelineEntry _cursor = start;

    // As if a thread were delivering already, until the listener was attached.
    private int _entries = 1;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _deliveringThread;
    private bool _isOver;

    /// <summary>Completes when the listener was detached.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the listener is calling from its own delivery, and so cannot be waited for.</summary>
    public bool IsDeliveringHere => Volatile.Read(ref _deliveringThread) == Environment.CurrentManagedThreadId;

    /// <summary>Whether so much waits that notices are left out.</summary>
    public bool IsBehind(TimelineEntry last) => Waiting(last) >= FluxgateDefaults.MostNoticesWaiting;

    public void Deliver()
    {
        if (Interlocked.Increment(ref _entries) == 1)
        {
            Run();
        }
    }

    /// <summary>Delivers what has come up to now, and lets others deliver from now on.</summary>
    public void Begin() => Run();

    /// <summary>Drops the oldest entries where more wait than may, and all that come after the end.</summary>
    public void DropBefore(TimelineEntry last)
    {
        while ((Volatile.Read(ref _isOver) || Waiting(last) > FluxgateDefaults.MostSignalsWaiting) && TryTake(out TimelineEntry dropped))
        {
            Drop(dropped);
        }
    }

    /// <summary>Drops all that waits but the end.</summary>
    public void DropAll()
    {
        while (
            Volatile.Read(ref _cursor).Next is { News: var news }
            && !ReferenceEquals(news, TimelineEntry.End)
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
            seen = Volatile.Read(ref _entries);
            while (Volatile.Read(ref _cursor).Next is not null && !_isOver)
            {
                if (delivered == MostInOneRun || (delivered > 0 && machine.Clock.Between(startedAt, machine.Clock.Now) >= LongestRun))
                {
                    // Whoever comes next goes on: a thread with a transition of its own, or one of the pool.
                    Volatile.Write(ref _entries, 0);
                    ThreadPool.UnsafeQueueUserWorkItem(static subscription => subscription.Deliver(), this, preferLocal: false);
                    return;
                }

                if (TryTake(out object? news))
                {
                    Call(news);
                    delivered++;
                }
            }
        } while (Interlocked.Add(ref _entries, -seen) != 0);
    }

    /// <summary>Takes the next news. A frame that waits for a listener must hold no entry: it would keep all later ones alive.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTake(out object? news)
    {
        news = null;
        if (!TryTake(out TimelineEntry entry))
        {
            return false;
        }

        news = entry.News;
        entry.Passed();
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
        if (entry.News is Signal && !Volatile.Read(ref _isOver))
        {
            machine.Totals.AddDropped();
        }

        entry.Passed();
    }

    private void Call(object? news)
    {
        Volatile.Write(ref _deliveringThread, Environment.CurrentManagedThreadId);
        try
        {
            ListenerCall.Run(
                static call =>
                {
                    switch (call.News)
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
                (Receiver: receiver, News: news)
            );
        }
        catch (Exception error)
        {
            machine.UserCode.ListenerFailed(error, news);
        }
        finally
        {
            Volatile.Write(ref _deliveringThread, 0);
            if (ReferenceEquals(news, TimelineEntry.End))
            {
                Volatile.Write(ref _isOver, true);
                _ended.SetResult();
            }
        }
    }
}

/// <summary>Receives a circuit's signals and notices: each once, in order, never two at a time.</summary>
internal interface IReceiver
{
    void OnSignal(Signal signal);

    void OnNotice(Notice notice);

    void OnDetached();
}
