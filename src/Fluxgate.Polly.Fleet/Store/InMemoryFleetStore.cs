namespace Fluxgate;

/// <summary>A store in the memory of one process: for tests, and for several containers of one process. Members that share an instance are one fleet.</summary>
/// <remarks>Thread-safe. Every method completes synchronously.</remarks>
public sealed class InMemoryFleetStore : IFleetStore
{
    private readonly TimeProvider _timeProvider;
    private readonly Dictionary<string, (byte[] Content, DateTimeOffset WrittenAt, DateTimeOffset ExpiresAt)> _digests = new(
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _leases = new(StringComparer.Ordinal);
    private readonly LinkedList<byte[]> _audit = [];
    private readonly List<Subscription> _subscriptions = [];
    private FleetDocument _summary;
    private FleetDocument _directives;

    /// <summary>Creates an empty store.</summary>
    /// <param name="timeProvider">The store's clock; by default, the system's.</param>
    public InMemoryFleetStore(TimeProvider? timeProvider = null) => _timeProvider = timeProvider ?? TimeProvider.System;

    private DateTimeOffset Now => _timeProvider.GetUtcNow();

    /// <summary>Removes everything but the subscriptions, as the flush of a server does.</summary>
    public void Flush()
    {
        lock (_digests)
        {
            _digests.Clear();
            _leases.Clear();
            _audit.Clear();
            _summary = default;
            _directives = default;
        }
    }

    /// <inheritdoc/>
    public ValueTask<FleetReading> ExchangeAsync(FleetExchange exchange, CancellationToken cancellationToken = default)
    {
        FleetLimits.Check(exchange);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            var now = Now;
            if (exchange.Digest.Length > 0)
            {
                _digests[exchange.MemberId] = (exchange.Digest.ToArray(), now, now + exchange.TimeToLive);
            }

            return new(
                new FleetReading(
                    now,
                    _summary.Revision == exchange.KnownSummary ? null : _summary,
                    _directives.Revision == exchange.KnownDirectives ? null : _directives
                )
            );
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FleetStoredDigest>> ReadDigestsAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            var now = Now;
            foreach (var (memberId, digest) in _digests)
            {
                if (digest.ExpiresAt <= now)
                {
                    _digests.Remove(memberId);
                }
            }

            return new([
                .. _digests.Select(digest => new FleetStoredDigest(
                    digest.Key,
                    digest.Value.Content,
                    now > digest.Value.WrittenAt ? now - digest.Value.WrittenAt : TimeSpan.Zero
                )),
            ]);
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveDigestAsync(string memberId, CancellationToken cancellationToken = default)
    {
        FleetLimits.CheckName(memberId);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            _digests.Remove(memberId);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask WriteSummaryAsync(FleetDocument summary, CancellationToken cancellationToken = default)
    {
        FleetLimits.CheckSummary(summary);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            _summary = Copy(summary);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryWriteDirectivesAsync(FleetDirectivesWrite write, CancellationToken cancellationToken = default)
    {
        FleetLimits.Check(write);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            if (_directives.Revision != write.ExpectedRevision)
            {
                return new(false);
            }

            _directives = Copy(write.Directives);
            _audit.AddFirst(write.Audit.ToArray());
            if (_audit.Count > FleetLimits.MaxAuditEntries)
            {
                _audit.RemoveLast();
            }

            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAuditAsync(int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            return new([.. _audit.Take(count).Select(entry => new ReadOnlyMemory<byte>(entry))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryTakeLeaseAsync(FleetLease lease, CancellationToken cancellationToken = default)
    {
        FleetLimits.Check(lease);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            var now = Now;
            if (!_leases.TryGetValue(lease.Resource, out var holders))
            {
                _leases[lease.Resource] = holders = new(StringComparer.Ordinal);
            }

            foreach (var (holder, expiresAt) in holders)
            {
                if (expiresAt <= now)
                {
                    holders.Remove(holder);
                }
            }

            var isTaken = holders.ContainsKey(lease.Holder) || holders.Count < lease.Slots;
            if (isTaken)
            {
                holders[lease.Holder] = now + lease.TimeToLive;
            }

            return new(isTaken);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReleaseLeaseAsync(string resource, string holder, CancellationToken cancellationToken = default)
    {
        FleetLimits.CheckName(resource);
        FleetLimits.CheckName(holder);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_digests)
        {
            if (_leases.TryGetValue(resource, out var holders) && holders.Remove(holder) && holders.Count == 0)
            {
                _leases.Remove(resource);
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask HintAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Subscription[] subscriptions;
        lock (_subscriptions)
        {
            subscriptions = [.. _subscriptions];
        }

        foreach (var subscription in subscriptions)
        {
            subscription.OnHint();
        }

        return default;
    }

    /// <inheritdoc/>
    public IDisposable Subscribe(Action onHint)
    {
        ArgumentNullException.ThrowIfNull(onHint);
        var subscription = new Subscription(this, onHint);
        lock (_subscriptions)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    private static FleetDocument Copy(FleetDocument document) => document with { Content = document.Content.ToArray() };

    private sealed class Subscription(InMemoryFleetStore store, Action onHint) : IDisposable
    {
        public Action OnHint => onHint;

        public void Dispose()
        {
            lock (store._subscriptions)
            {
                store._subscriptions.Remove(this);
            }
        }
    }
}
