using System.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>The connection of a store. The first command opens it, and a command that finds it gone fails at once.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan LooksApart = TimeSpan.FromSeconds(2);

    private readonly Func<Task<IConnectionMultiplexer>> _open;
    private readonly bool _isOwned;
    private readonly string _fleet;
    private readonly RedisKeys _keys;
    private readonly RedisHints _hints;
    private readonly ILogger _log;
    private readonly RedisServers _servers;
    private readonly object _gate = new();
    private Task<IConnectionMultiplexer>? _opening;
    private volatile string? _refusal;
    private long _lookedAt;
    private bool _isDisposed;

    /// <summary>Creates a connection, and opens nothing yet.</summary>
    /// <param name="open">Opens the connection, or returns one that is shared. It may block.</param>
    /// <param name="isOwned">Whether the store closes it.</param>
    /// <param name="fleet">The name of the fleet.</param>
    /// <param name="keys">The keys of the fleet.</param>
    /// <param name="hints">Receives hints.</param>
    /// <param name="log">The log.</param>
    public RedisConnection(
        Func<Task<IConnectionMultiplexer>> open,
        bool isOwned,
        string fleet,
        RedisKeys keys,
        RedisHints hints,
        ILogger log
    )
    {
        (_open, _isOwned, _fleet, _keys, _hints, _log) = (open, isOwned, fleet, keys, hints, log);
        _servers = new(fleet, keys, log);
    }

    /// <summary>Begins to open the connection, unless that was done. Waits for nothing.</summary>
    public void Begin() => _ = Opening();

    /// <summary>Returns the database, or throws because Redis is not there.</summary>
    public async Task<IDatabase> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await Opening().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_refusal is { } refusal)
        {
            throw new NotSupportedException(refusal);
        }

        var database = connection.GetDatabase();
        return database.IsConnected(_keys.Digests, CommandFlags.DemandMaster)
            ? database
            : throw new RedisConnectionException(
                ConnectionFailureType.UnableToConnect,
                $"Redis is not connected: {string.Join(", ", connection.GetEndPoints().AsEnumerable())}.{await ReasonAsync(database).ConfigureAwait(false)}"
            );
    }

    /// <summary>Looks which servers there are, since a command failed: another one may be the master now. At most once in 2 seconds, and nobody waits for it.</summary>
    public void Look()
    {
        var now = Stopwatch.GetTimestamp();
        var before = Interlocked.Read(ref _lookedAt);
        if (
            Opening() is { IsCompletedSuccessfully: true } opened
            && (before == 0 || Stopwatch.GetElapsedTime(before, now) > LooksApart)
            && Interlocked.CompareExchange(ref _lookedAt, now, before) == before
        )
        {
            Forget(Task.Run(() => opened.Result.ConfigureAsync()));
        }
    }

    /// <summary>Closes the connection if the store owns it, and waits for no server.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<IConnectionMultiplexer>? opening;
        lock (_gate)
        {
            (_isDisposed, opening) = (true, _opening);
        }

        if (opening is { IsCompleted: false })
        {
            Forget(opening.ContinueWith(opened => CloseAsync(opened.Result), TaskScheduler.Default).Unwrap());
        }
        else if (opening is { IsCompletedSuccessfully: true })
        {
            await CloseAsync(opening.Result).ConfigureAwait(false);
        }
    }

    /// <summary>Observes the exception of a task that nobody waits for.</summary>
    public static void Forget(Task task) =>
        _ = task.ContinueWith(
            failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );

    private Task<IConnectionMultiplexer> Opening()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_opening is null or { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                _opening = Task.Run(ConnectAsync);
                Forget(_opening);
            }

            return _opening;
        }
    }

    /// <summary>Returns why there is no connection, such as a certificate that is not trusted, or a wrong password.</summary>
    private async Task<string> ReasonAsync(IDatabase database)
    {
        // A command of a connection that the application shares may wait instead.
        if (!_isOwned)
        {
            return "";
        }

        try
        {
            await database.PingAsync(CommandFlags.DemandMaster).ConfigureAwait(false);
            return "";
        }
        catch (RedisConnectionException error)
        {
            return error.InnerException is null ? "" : $" {OneLine.Of(error.GetBaseException().Message)}";
        }
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var connection = await _open().ConfigureAwait(false);
        connection.ConnectionRestored += OnRestored;
        Forget(SubscribeAsync(connection));
        await CheckAsync(connection).ConfigureAwait(false);
        return connection;
    }

    private async Task CheckAsync(IConnectionMultiplexer connection)
    {
        try
        {
            _refusal = await _servers.CheckAsync(connection.GetDatabase()).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or RedisTimeoutException or RedisCommandException)
        {
            // Not connected, or not allowed.
        }
    }

    private async Task SubscribeAsync(IConnectionMultiplexer connection)
    {
        try
        {
            await connection.GetSubscriber().SubscribeAsync(_keys.Hints, OnHint).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisServerException)
        {
            _log.NoHints(_fleet, OneLine.Of(error.Message));
        }
    }

    private void OnHint(RedisChannel channel, RedisValue value) => _hints.Raise();

    // The servers may be others than before, and it is worth looking: reconnections are spread, and so are the exchanges that follow them.
    private void OnRestored(object? sender, ConnectionFailedEventArgs restored)
    {
        if (restored.ConnectionType == ConnectionType.Interactive && sender is IConnectionMultiplexer connection)
        {
            Forget(Task.Run(() => CheckAsync(connection)));
            _hints.Raise();
        }
    }

    private async Task CloseAsync(IConnectionMultiplexer connection)
    {
        connection.ConnectionRestored -= OnRestored;
        if (_isOwned)
        {
            await connection.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            Forget(connection.GetSubscriber().UnsubscribeAsync(_keys.Hints, OnHint, CommandFlags.FireAndForget));
        }
    }
}
