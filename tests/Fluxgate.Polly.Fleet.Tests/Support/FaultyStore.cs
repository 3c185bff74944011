namespace Fluxgate;

/// <summary>A store whose commands fail as a test demands: they throw, hang until they are canceled, ignore cancellation, block the thread, or return other bytes.</summary>
internal sealed class FaultyStore(IFleetStore store) : IFleetStore
{
    private int _running;
    private int _commands;
    private int _mostAtOnce;
    private int _subscriptions;

    /// <summary>Runs before each command and may throw, wait or block.</summary>
    public Func<CancellationToken, Task>? Before { get; set; }

    /// <summary>Runs before each subscription and may throw or block.</summary>
    public Action? Subscribing { get; set; }

    /// <summary>Replaces what an exchange returns.</summary>
    public Func<FleetReading, FleetReading>? Returns { get; set; }

    /// <summary>Gets or sets whether the server refuses directives of this client.</summary>
    public bool DeniesDirectives { get; set; }

    /// <summary>Gets or sets whether summaries cannot be written.</summary>
    public bool FailsSummaries { get; set; }

    /// <summary>Gets the number of subscriptions that are not disposed.</summary>
    public int Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Gets the number of commands so far.</summary>
    public int Commands => Volatile.Read(ref _commands);

    /// <summary>Gets the number of commands that run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Gets the most commands that ran at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    public async ValueTask<FleetReading> ExchangeAsync(FleetExchange exchange, CancellationToken cancellationToken = default)
    {
        var reading = await RunAsync(() => store.ExchangeAsync(exchange, CancellationToken.None), cancellationToken);
        return Returns?.Invoke(reading) ?? reading;
    }

    public ValueTask<IReadOnlyList<FleetStoredDigest>> ReadDigestsAsync(CancellationToken cancellationToken = default) =>
        RunAsync(() => store.ReadDigestsAsync(CancellationToken.None), cancellationToken);

    public async ValueTask RemoveDigestAsync(string memberId, CancellationToken cancellationToken = default) =>
        await RunAsync(() => Done(store.RemoveDigestAsync(memberId, CancellationToken.None)), cancellationToken);

    public async ValueTask WriteSummaryAsync(FleetDocument summary, CancellationToken cancellationToken = default) =>
        await RunAsync(
            () =>
                FailsSummaries
                    ? throw new InvalidOperationException("NOPERM")
                    : Done(store.WriteSummaryAsync(summary, CancellationToken.None)),
            cancellationToken
        );

    public ValueTask<bool> TryWriteDirectivesAsync(FleetDirectivesWrite write, CancellationToken cancellationToken = default) =>
        DeniesDirectives
            ? throw new UnauthorizedAccessException("NOPERM")
            : RunAsync(() => store.TryWriteDirectivesAsync(write, CancellationToken.None), cancellationToken);

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAuditAsync(int count, CancellationToken cancellationToken = default) =>
        RunAsync(() => store.ReadAuditAsync(count, CancellationToken.None), cancellationToken);

    public ValueTask<bool> TryTakeLeaseAsync(FleetLease lease, CancellationToken cancellationToken = default) =>
        RunAsync(() => store.TryTakeLeaseAsync(lease, CancellationToken.None), cancellationToken);

    public async ValueTask ReleaseLeaseAsync(string resource, string holder, CancellationToken cancellationToken = default) =>
        await RunAsync(() => Done(store.ReleaseLeaseAsync(resource, holder, CancellationToken.None)), cancellationToken);

    public async ValueTask HintAsync(CancellationToken cancellationToken = default) =>
        await RunAsync(() => Done(store.HintAsync(CancellationToken.None)), cancellationToken);

    public IDisposable Subscribe(Action onHint)
    {
        Subscribing?.Invoke();
        Interlocked.Increment(ref _subscriptions);
        return new Subscription(this, store.Subscribe(onHint));
    }

    private sealed class Subscription(FaultyStore owner, IDisposable inner) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref owner._subscriptions);
            inner.Dispose();
        }
    }

    private static async ValueTask<bool> Done(ValueTask task)
    {
        await task;
        return true;
    }

    private async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> command, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _commands);
        var running = Interlocked.Increment(ref _running);
        for (var most = MostAtOnce; running > most; most = MostAtOnce)
        {
            Interlocked.CompareExchange(ref _mostAtOnce, running, most);
        }

        try
        {
            if (Before is { } before)
            {
                await before(cancellationToken);
            }

            return await command();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
