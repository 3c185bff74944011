namespace Fluxgate;

/// <summary>
/// The current phase of a breaker behind one reference, and the entries that subscriptions follow. A transition exchanges the reference,
/// links its entry to the previous one, and then delivers.
/// </summary>
/// <remarks>
/// Only the timeline and the subscriptions hold entries. Admissions hold their phase, because otherwise a call that hangs would keep the
/// whole chain alive.
/// </remarks>
internal sealed class Timeline
{
    // Without receivers there are no further entries.
    private static readonly TimelineEntry Only = new(message: null, ordinal: 0, receivers: 0);

    private Head _current;
    private Subscription[] _subscriptions;

    /// <summary>Creates a timeline whose receivers follow all entries. They receive them after <see cref="BeginDelivery"/>.</summary>
    public Timeline(Phase first, StateMachine machine, IReadOnlyCollection<IReceiver> receivers)
    {
        _current = new(first, receivers.Count == 0 ? Only : new(message: null, ordinal: 0, receivers: 0));
        _subscriptions = [.. receivers.Select(receiver => new Subscription(machine, receiver, _current.Last))];
    }

    public Head Current => Volatile.Read(ref _current);

    public Phase Phase => Volatile.Read(ref _current).Phase;

    /// <summary>Starts delivery after all listeners are attached.</summary>
    public void BeginDelivery() => Array.ForEach(Volatile.Read(ref _subscriptions), subscription => subscription.BeginDelivery());

    /// <summary>Ends delivery. Listeners receive all earlier entries and are then detached.</summary>
    public Subscription[] EndDelivery()
    {
        var subscriptions = Volatile.Read(ref _subscriptions);
        for (var current = Current; !TryExchange(current, current.Phase, TimelineEntry.End); )
        {
            current = Current;
        }

        // Subscriptions stay until they have ended, because a thread may still link and deliver entries that precede the end.
        Array.ForEach(subscriptions, subscription => subscription.Deliver());
        return subscriptions;
    }

    /// <summary>Removes the subscriptions that have ended, or all of them.</summary>
    public void RemoveSubscriptions(bool all) =>
        Volatile.Write(
            ref _subscriptions,
            all ? [] : Array.FindAll(Volatile.Read(ref _subscriptions), subscription => !subscription.Ended.IsCompleted)
        );

    /// <summary>Exchanges the phase and adds a message for listeners, unless another thread was first.</summary>
    public bool TryExchange(Head from, Phase next, object? message)
    {
        var subscriptions = Volatile.Read(ref _subscriptions);
        if (from.Last.IsEnd)
        {
            message = null;
        }

        if (message is Notice && Array.Exists(subscriptions, subscription => subscription.IsBehind(from.Last)))
        {
            message = null;
        }

        var last =
            message is null || subscriptions.Length == 0
                ? from.Last
                : new TimelineEntry(message, from.Last.Ordinal + 1, subscriptions.Length);
        if (Interlocked.CompareExchange(ref _current, new(next, last), from) != from)
        {
            return false;
        }

        if (!ReferenceEquals(last, from.Last))
        {
            from.Last.Link(last);
            Array.ForEach(subscriptions, subscription => subscription.DropExcess(last));
        }

        return true;
    }

    /// <summary>Adds a notice to the current phase. The notice is omitted while a listener is behind.</summary>
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

            if (TryExchange(current, current.Phase, made ??= notice()))
            {
                return true;
            }
        }
    }

    /// <summary>Delivers the backlog to every listener. Never called under a lock.</summary>
    public void Deliver()
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            subscription.Deliver();
        }
    }

    /// <summary>The current phase and the last entry of the timeline.</summary>
    internal sealed class Head(Phase phase, TimelineEntry last)
    {
        public Phase Phase { get; } = phase;

        public TimelineEntry Last { get; } = last;
    }
}

/// <summary>A message for listeners at its place in a breaker's timeline. Entries form a chain that subscriptions follow.</summary>
/// <param name="message">A <see cref="Signal"/>, a <see cref="Notice"/>, or <see cref="End"/>.</param>
/// <param name="ordinal">The entry's place in the chain.</param>
/// <param name="receivers">The number of subscriptions that will pass the entry.</param>
internal sealed class TimelineEntry(object? message, long ordinal, int receivers)
{
    /// <summary>The last message of a disposed breaker. A listener is detached when its subscription reaches it.</summary>
    public static readonly object End = new();

    private object? _message = message;
    private TimelineEntry? _next;
    private int _receivers = receivers;

    public object? Message => _message;

    /// <summary>Gets whether this is the last entry of a disposed breaker. None follows it.</summary>
    public bool IsEnd { get; } = ReferenceEquals(message, End);

    public long Ordinal { get; } = ordinal;

    public TimelineEntry? Next => Volatile.Read(ref _next);

    public void Link(TimelineEntry next) => Volatile.Write(ref _next, next);

    /// <summary>Releases the message once every subscription has passed it, so that no exception in it stays alive.</summary>
    public void MarkPassed()
    {
        if (Interlocked.Decrement(ref _receivers) == 0)
        {
            _message = null;
        }
    }
}
