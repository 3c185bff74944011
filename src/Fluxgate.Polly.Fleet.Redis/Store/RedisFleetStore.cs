using System.Globalization;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>The store of one fleet on Redis. An exchange is two commands in one round trip: the digest is written, and what is new is read.</summary>
/// <param name="connection">The connection, which the store owns.</param>
/// <param name="keys">The keys of the fleet.</param>
/// <param name="hints">The subscribers.</param>
internal sealed class RedisFleetStore(RedisConnection connection, RedisKeys keys, RedisHints hints) : IFleetStore, IAsyncDisposable
{
    // Longer times are no different, and do not overflow in the server.
    private static readonly TimeSpan LongestTimeToLive = TimeSpan.FromDays(3_650);
    private static readonly TimeSpan SummaryTimeToLive = TimeSpan.FromDays(1);

    private readonly RedisScript _writeDigest = RedisScripts.WriteDigest();
    private readonly RedisScript _read = RedisScripts.Read();
    private readonly RedisScript _readDigests = RedisScripts.ReadDigests();
    private readonly RedisScript _writeSummary = RedisScripts.WriteSummary();
    private readonly RedisScript _writeDirectives = RedisScripts.WriteDirectives();
    private readonly RedisScript _takeLease = RedisScripts.TakeLease();

    public async ValueTask<FleetReading> ExchangeAsync(FleetExchange exchange, CancellationToken cancellationToken = default)
    {
        FleetLimits.Check(exchange);
        var (known, knownDirectives) = (exchange.KnownSummary, exchange.KnownDirectives);
        var reading = await RunAsync(
                async database =>
                {
                    var write =
                        exchange.Digest.Length == 0
                            ? Task.CompletedTask
                            : _writeDigest.RunAsync(
                                database,
                                [keys.Digests],
                                [exchange.MemberId, exchange.Digest, Milliseconds(exchange.TimeToLive)]
                            );
                    var read = _read.RunAsync(
                        database,
                        [keys.Summary, keys.Directives],
                        [known, knownDirectives, FleetLimits.MaxDirectivesBytes]
                    );
                    await Task.WhenAll(write, read).ConfigureAwait(false);
                    return await read.ConfigureAwait(false);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return new(
            DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds((long)reading[0]) + TimeSpan.FromMicroseconds((long)reading[1]),
            Document(reading[2], reading[3], known),
            Document(reading[4], reading[5], knownDirectives)
        );
    }

    public async ValueTask<IReadOnlyList<FleetStoredDigest>> ReadDigestsAsync(CancellationToken cancellationToken = default)
    {
        var stored = await RunAsync(
                database => _readDigests.RunAsync(database, [keys.Digests], [FleetLimits.MaxDigestBytes]),
                cancellationToken
            )
            .ConfigureAwait(false);
        var digests = new FleetStoredDigest[stored.Length / 3];
        for (var i = 0; i < digests.Length; i++)
        {
            digests[i] = new((string)stored[3 * i]!, Bytes(stored[(3 * i) + 2]), TimeSpan.FromMilliseconds((long)stored[(3 * i) + 1]));
        }

        return digests;
    }

    public async ValueTask RemoveDigestAsync(string memberId, CancellationToken cancellationToken = default)
    {
        FleetLimits.CheckName(memberId);
        await RunAsync(database => database.HashDeleteAsync(keys.Digests, memberId), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask WriteSummaryAsync(FleetDocument summary, CancellationToken cancellationToken = default)
    {
        FleetLimits.CheckSummary(summary);
        await RunAsync(
                database =>
                    _writeSummary.RunAsync(database, [keys.Summary], [summary.Revision, summary.Content, Milliseconds(SummaryTimeToLive)]),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    public async ValueTask<bool> TryWriteDirectivesAsync(FleetDirectivesWrite write, CancellationToken cancellationToken = default)
    {
        FleetLimits.Check(write);
        return (bool)
            await RunAsync(
                    database =>
                        _writeDirectives.RunAsync(
                            database,
                            [keys.Directives, keys.Audit],
                            [
                                write.ExpectedRevision,
                                write.Directives.Revision,
                                write.Directives.Content,
                                write.Audit,
                                FleetLimits.MaxAuditEntries,
                            ]
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAuditAsync(int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var entries = await RunAsync(
                database => database.ListRangeAsync(keys.Audit, 0, count - 1, CommandFlags.DemandMaster),
                cancellationToken
            )
            .ConfigureAwait(false);
        return [.. entries.Select(entry => (ReadOnlyMemory<byte>)entry)];
    }

    public async ValueTask<bool> TryTakeLeaseAsync(FleetLease lease, CancellationToken cancellationToken = default)
    {
        FleetLimits.Check(lease);
        return (bool)
            await RunAsync(
                    database =>
                        _takeLease.RunAsync(
                            database,
                            [keys.Lease(lease.Resource)],
                            [lease.Holder, lease.Slots, Milliseconds(lease.TimeToLive)]
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    public async ValueTask ReleaseLeaseAsync(string resource, string holder, CancellationToken cancellationToken = default)
    {
        FleetLimits.CheckName(resource);
        FleetLimits.CheckName(holder);
        await RunAsync(database => database.SortedSetRemoveAsync(keys.Lease(resource), holder), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask HintAsync(CancellationToken cancellationToken = default) =>
        await RunAsync(database => database.PublishAsync(keys.Hints, RedisValue.EmptyString), cancellationToken).ConfigureAwait(false);

    public IDisposable Subscribe(Action onHint)
    {
        ArgumentNullException.ThrowIfNull(onHint);
        connection.Begin();
        return hints.Add(onHint);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static FleetDocument? Document(RedisResult revision, RedisResult content, long known)
    {
        var stored = (long)revision;
        return stored == known ? null : new FleetDocument(stored, stored == 0 ? default : Bytes(content));
    }

    private static ReadOnlyMemory<byte> Bytes(RedisResult result) => (byte[]?)result ?? [];

    private static long Milliseconds(TimeSpan time) =>
        (long)Math.Ceiling((time < LongestTimeToLive ? time : LongestTimeToLive).TotalMilliseconds);

    /// <summary>Runs commands. The library does not take a token: what the server does after the cancellation is not waited for.</summary>
    private async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var database = await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var running = command(database);
            RedisConnection.Forget(running);
            return await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (IsDenied(error))
        {
            throw new UnauthorizedAccessException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The ACL of Redis does not allow this to the user of this process: {OneLine.Of(error.Message)}"
                ),
                error
            );
        }
        catch (Exception error) when (error is RedisException or RedisTimeoutException)
        {
            connection.Look();
            throw;
        }
    }

    // Redis 6 puts an error of a script into a text of its own.
    private static bool IsDenied(RedisServerException error) =>
        error.Message.Contains("NOPERM", StringComparison.Ordinal)
        || error.Message.Contains("The user executing the script can't", StringComparison.Ordinal);
}
