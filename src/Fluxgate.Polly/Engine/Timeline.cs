namespace Fluxgate;

/// <summary>
/// A breaker's history in the making: the current phase behind one reference, and the news that listeners follow. A transition
/// compares-and-swaps the current moment, then links the old one to it, then delivers.
/// </summary>
internal sealed class Timeline
{
    /// <summary>How far a listener may lag before notices are left out; signals never are.</summary>
    private const long MostLag = 256;

    private Moment _current;
    private Delivery[] _deliveries = [];

    public Timeline(Phase first) => _current = new(first, null, 0, 0);

    public Moment Current => Volatile.Read(ref _current);

    public Phase Phase => Volatile.Read(ref _current).Phase;

    /// <summary>Listeners will hear what comes after this moment, once they <see cref="Begin"/>. Called once, before any other thread knows the breaker.</summary>
    public void Attach(IReadOnlyList<ICircuitListener> listeners, Action<Exception, object?> failed) =>
        Volatile.Write(ref _deliveries, [.. listeners.Select(listener => new Delivery(listener, Current, failed))]);

    /// <summary>Listeners hear from now on, since all of them know the breaker.</summary>
    public void Begin() => Array.ForEach(Volatile.Read(ref _deliveries), delivery => delivery.Begin());

    /// <summary>Listeners hear what has happened, and nothing after it.</summary>
    public void Detach()
    {
        var last = Current;
        var deliveries = Interlocked.Exchange(ref _deliveries, []);
        foreach (var delivery in deliveries)
        {
            delivery.EndAfter(last);
            delivery.Drain();
        }
    }

    /// <summary>Goes from one moment to the next, unless another thread was first.</summary>
    public bool TryMove(Moment from, Phase next, object? news)
    {
        var moment = new Moment(next, news, from.Ordinal + 1, _deliveries.Length);
        if (Interlocked.CompareExchange(ref _current, moment, from) != from)
        {
            return false;
        }

        from.Link(moment);
        return true;
    }

    /// <summary>Adds a notice to the current phase; leaves it out when a listener hangs and nobody would ever hear.</summary>
    public bool TryNotify(Func<Notice> notice)
    {
        Notice? made = null;
        var deliveries = Volatile.Read(ref _deliveries);
        while (true)
        {
            var current = Current;
            if (deliveries.Length == 0 || deliveries.Any(delivery => current.Ordinal - delivery.Position >= MostLag))
            {
                return false;
            }

            if (TryMove(current, current.Phase, made ??= notice()))
            {
                return true;
            }
        }
    }

    /// <summary>Lets every listener hear what it has not heard. Never called under a lock.</summary>
    public void Deliver()
    {
        foreach (var delivery in Volatile.Read(ref _deliveries))
        {
            delivery.Drain();
        }
    }
}
