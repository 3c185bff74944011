namespace Fluxgate;

/// <summary>The subscribers of one store.</summary>
internal sealed class RedisHints
{
    private readonly List<Subscription> _subscriptions = [];

    public IDisposable Add(Action onHint)
    {
        var subscription = new Subscription(this, onHint);
        lock (_subscriptions)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    public void Raise()
    {
        Subscription[] subscriptions;
        lock (_subscriptions)
        {
            subscriptions = [.. _subscriptions];
        }

        foreach (var subscription in subscriptions)
        {
            subscription.OnHint();
        }
    }

    private sealed class Subscription(RedisHints hints, Action onHint) : IDisposable
    {
        public Action OnHint => onHint;

        public void Dispose()
        {
            lock (hints._subscriptions)
            {
                hints._subscriptions.Remove(this);
            }
        }
    }
}
