namespace Fluxgate;

/// <summary>
/// Brings one listener the news of one breaker: each once, in order, never two at a time. Whoever raises the entry counter from zero
/// delivers until it falls back to zero; a thread that comes in between, or the listener itself, leaves its news to that one.
/// </summary>
internal sealed class Delivery(ICircuitListener listener, Moment start, Action<Exception, object?> failed)
{
    private Moment _cursor = start;
    private long _last = long.MaxValue;

    // As if a thread were delivering already, until the listener has been told of its breaker.
    private int _entries = 1;

    public long Position => Volatile.Read(ref _cursor).Ordinal;

    /// <summary>Makes this moment the last that the listener hears.</summary>
    public void EndAfter(Moment last) => Volatile.Write(ref _last, last.Ordinal);

    public void Drain()
    {
        if (Interlocked.Increment(ref _entries) == 1)
        {
            Begin();
        }
    }

    /// <summary>Delivers what has come up to now, and lets others deliver from now on.</summary>
    public void Begin()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _entries);
            while (_cursor.Next is { } next && next.Ordinal <= Volatile.Read(ref _last))
            {
                Volatile.Write(ref _cursor, next);
                Hear(next.News);
                next.Heard();
            }
        } while (Interlocked.Add(ref _entries, -seen) != 0);
    }

    private void Hear(object? news)
    {
        try
        {
            switch (news)
            {
                case Signal signal:
                    listener.OnSignal(signal);
                    break;
                case Notice notice:
                    listener.OnNotice(notice);
                    break;
            }
        }
        catch (Exception error)
        {
            failed(error, news);
        }
    }
}
