namespace Fluxgate;

/// <summary>
/// A breaker's history: the current phase behind one reference, and the entries that subscriptions follow. A transition exchanges the
/// reference, then links its entry to the one before, then delivers.
/// </summary>
/// <remarks>Only the timeline and the subscriptions hold entries. Admissions hold their phase, or one call that hangs would keep the whole chain alive.</remarks>
internal sealed class Timeline(Phase first)
{
    private State _current = new(first, new(news: null, ordinal: 0, receivers: 0));
    private Subscription[] _subscriptions = [];

    public State Current => Volatile.Read(ref _current);

    public Phase Phase => Volatile.Read(ref _current).Phase;

    /// <summary>Lets listeners receive what comes after this moment, once they <see cref="Begin"/>. Called once, before any other thread knows the breaker.</summary>
    public void Attach(StateMachine machine, IEnumerable<IReceiver> receivers) =>
        Volatile.Write(ref _subscriptions, [.. receivers.Select(receiver => new Subscription(machine, receiver, Current.Last))]);

    /// <summary>Starts the delivery, after all listeners were attached.</summary>
    public void Begin() => Array.ForEach(Volatile.Read(ref _subscriptions), subscription => subscription.Begin());

    /// <summary>Ends the history for listeners: they receive what has happened, and are detached then.</summary>
    public Subscription[] End()
    {
        var subscriptions = Volatile.Read(ref _subscriptions);
        for (var current = Current; !TryMove(current, current.Phase, TimelineEntry.End); )
        {
            current = Current;
        }

        // They stay until they have ended: a thread may still have to link, and to deliver, what came before the end.
        Array.ForEach(subscriptions, subscription => subscription.Deliver());
        return subscriptions;
    }

    /// <summary>Lets go of the subscriptions that have ended, or of all.</summary>
    public void LetGo(bool all) =>
        Volatile.Write(
            ref _subscriptions,
            all ? [] : Array.FindAll(Volatile.Read(ref _subscriptions), subscription => !subscription.Ended.IsCompleted)
        );

    /// <summary>Exchanges the phase and adds what listeners receive of it, unless another thread was first.</summary>
    public bool TryMove(State from, Phase next, object? news)
    {
        var subscriptions = Volatile.Read(ref _subscriptions);
        if (news is Notice && Array.Exists(subscriptions, subscription => subscription.IsBehind(from.Last)))
        {
            news = null;
        }

        var last =
            news is null || subscriptions.Length == 0 ? from.Last : new TimelineEntry(news, from.Last.Ordinal + 1, subscriptions.Length);
        if (Interlocked.CompareExchange(ref _current, new(next, last), from) != from)
        {
            return false;
        }

        if (!ReferenceEquals(last, from.Last))
        {
            from.Last.Link(last);
            Array.ForEach(subscriptions, subscription => subscription.DropBefore(last));
        }

        return true;
    }

    /// <summary>Adds a notice to the current phase. It is left out while a listener is behind.</summary>
    public bool TryNotify(Func<Notice> notice)
    {
        Notice? made = null;
        while (true)
        {
            var current = Current;
            var subscriptions = Volatile.Read(ref _subscriptions);
            if (subscriptions.Length == 0 || Array.Exists(subscriptions, subscription => subscription.IsBehind(current.Last)))
            {
                return false;
            }

            if (TryMove(current, current.Phase, made ??= notice()))
            {
                return true;
            }
        }
    }

    /// <summary>Lets every listener receive what it has not received. Never called under a lock.</summary>
    public void Deliver()
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            subscription.Deliver();
        }
    }

    /// <summary>The current phase, and the last entry of the history.</summary>
    internal sealed class State(Phase phase, TimelineEntry last)
    {
        public Phase Phase { get; } = phase;

        public TimelineEntry Last { get; } = last;
    }
}

/// <summary>Something that listeners receive, at its place in a breaker's history. Entries form a chain that subscriptions follow.</summary>
/// <param name="news">A <see cref="Signal"/>, a <see cref="Notice"/>, or <see cref="End"/>.</param>
/// <param name="ordinal">The entry's place in the chain.</param>
/// <param name="receivers">How many subscriptions will pass it.</param>
internal sealed class TimelineEntry(object? news, long ordinal, int receivers)
{
    /// <summary>The last entry of a disposed breaker: its listeners are detached there.</summary>
    public static readonly object End = new();

    private object? _news = news;
    private TimelineEntry? _next;
    private int _receivers = receivers;

    public object? News => _news;

    public long Ordinal { get; } = ordinal;

    public TimelineEntry? Next => Volatile.Read(ref _next);

    public void Link(TimelineEntry next) => Volatile.Write(ref _next, next);

    /// <summary>Releases the news once every subscription has passed it, so that no exception in it stays alive.</summary>
    public void Passed()
    {
        if (Interlocked.Decrement(ref _receivers) == 0)
        {
            _news = null;
        }
    }
}
