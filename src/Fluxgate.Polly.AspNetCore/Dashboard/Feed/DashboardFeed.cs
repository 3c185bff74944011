using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>
/// Reads all circuits once each second while somebody watches, and shares each reading among all viewers. While nobody watches, nothing runs: no timer
/// is set, and no circuit has a listener of the dashboard at any time. Nothing is queued: a viewer that was too slow for a frame skips it. A row never
/// disappears: breakers and groups live as long as their container.
/// </summary>
internal sealed class DashboardFeed(CircuitSource source, FleetSource? fleet, TimeProvider time, ILogger log, int maxViewers)
{
    private const int WorstInTable = 5;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly object _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly string _server = Guid.NewGuid().ToString("N");

    // Written by the reading only, of which there is one at a time.
    private Dictionary<string, CircuitHistory> _histories = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, FeedRow> _rows = new Dictionary<string, FeedRow>(StringComparer.Ordinal);
    private byte[]? _fleet;
    private long _number;

    // Guarded by the lock. While a reading runs, only the reading writes the timer.
    private TaskCompletionSource _published = NewPublished();
    private FeedFrame? _frame;
    private ITimer? _timer;
    private bool _isReading;
    private int _viewers;

    /// <summary>Gets the number of viewers.</summary>
    public int Viewers
    {
        get
        {
            lock (_lock)
            {
                return _viewers;
            }
        }
    }

    /// <summary>Gets how long the last reading took, for measurements.</summary>
    internal TimeSpan ReadingTime { get; private set; }

    /// <summary>Adds a viewer. The first one starts the readings.</summary>
    /// <returns><see langword="false"/> if there are too many.</returns>
    public bool TryJoin()
    {
        lock (_lock)
        {
            if (_viewers == maxViewers)
            {
                return false;
            }

            _viewers++;
            if (_timer is not null || _isReading)
            {
                return true;
            }

            _isReading = true;
        }

        ReadAndPublish(isContinuous: false);
        return true;
    }

    /// <summary>Removes a viewer. After the last one, the readings end. The histories are kept for the next viewer.</summary>
    public void Leave()
    {
        ITimer? ended = null;
        lock (_lock)
        {
            if (--_viewers == 0)
            {
                _frame = null;
                if (!_isReading)
                {
                    (ended, _timer) = (_timer, null);
                }
            }
        }

        DisposeOrLog(ended);
    }

    /// <summary>Waits for a frame that a viewer does not have.</summary>
    /// <param name="seen">The number of the last frame that it has.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<FeedFrame> NextAsync(long seen, CancellationToken cancellation)
    {
        while (true)
        {
            Task published;
            lock (_lock)
            {
                if (_frame is { } frame && frame.Number > seen)
                {
                    return frame;
                }

                published = _published.Task;
            }

            await published.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the transitions of the circuit at an address that the dashboard saw.</summary>
    public IReadOnlyList<RecordedTransition> TransitionsOf(CircuitAddress address) =>
        address.Name is not null
        && source.TryFind(address, out var breaker)
        && Volatile.Read(ref _rows).TryGetValue($"circuit:{breaker.Name}", out var row)
            ? row.History.Read(bucket: 0).Transitions
            : [];

    private static TaskCompletionSource NewPublished() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Reads all circuits, and starts the timer if it does not run. The timer skips a reading while another one runs, so readings never overlap.</summary>
    private void ReadAndPublish(bool isContinuous)
    {
        var frame = ReadOrLog(isContinuous);

        // Timers are created and disposed outside the lock, because the clock may be the user's.
        var timer = _timer ?? StartTimerOrLog();
        ITimer? ended = null;
        TaskCompletionSource? published = null;
        lock (_lock)
        {
            _isReading = false;
            if (_viewers == 0)
            {
                (ended, _timer) = (timer, null);
            }
            else
            {
                (_timer, _frame) = (timer, frame ?? _frame);
                (published, _published) = (_published, NewPublished());
                if (timer is null)
                {
                    // No frame follows. The viewers leave and connect again, which starts the timer.
                    _published.SetCanceled();
                }
            }
        }

        published?.TrySetResult();
        DisposeOrLog(ended);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (_viewers == 0 || _isReading)
            {
                return;
            }

            _isReading = true;
        }

        ReadAndPublish(isContinuous: true);
    }

    private ITimer? StartTimerOrLog()
    {
        try
        {
            return time.CreateTimer(_ => OnTimer(), null, Interval, Interval);
        }
        catch (Exception error)
        {
            FeedLog.TimerFailed(log, error);
            return null;
        }
    }

    private void DisposeOrLog(ITimer? timer)
    {
        try
        {
            timer?.Dispose();
        }
        catch (Exception error)
        {
            FeedLog.TimerFailed(log, error);
        }
    }

    /// <summary>Reads all circuits. Nothing may throw on the thread of a timer.</summary>
    private FeedFrame? ReadOrLog(bool isContinuous)
    {
        try
        {
            return Read(isContinuous);
        }
        catch (Exception error)
        {
            FeedLog.ReadingFailed(log, error);
            return null;
        }
    }

    private FeedFrame Read(bool isContinuous)
    {
        var moment = FeedMoment.Now(time, _origin);
        var (before, rows) = (_rows, new Dictionary<string, FeedRow>(StringComparer.Ordinal));
        var histories = new Dictionary<string, CircuitHistory>(StringComparer.Ordinal);
        foreach (var group in source.Groups)
        {
            var now = group.Snapshot(WorstInTable);
            var row = RowReader.Of(now, group.Shared.Warnings.Count, source.ConfigurationErrorOf(group.Name));
            Add(row, RowReader.CountsOf(now, row.State));
        }

        foreach (var breaker in source.Breakers)
        {
            var now = breaker.Snapshot();
            Add(
                RowReader.Of(now, now.Evaluate(), breaker.Warnings.Count, source.ConfigurationErrorOf(breaker.Name)),
                RowReader.CountsOf(now)
            );
        }

        var fleetBefore = _fleet;
        _fleet = fleet is null
            ? null
            : JsonSerializer.SerializeToUtf8Bytes(FleetReader.Of(fleet.View, moment.Time), DashboardJson.Plain.FleetRow);
        ReadingTime = time.GetElapsedTime(moment.Timestamp);
        _histories = histories;
        Volatile.Write(ref _rows, rows);
        return new(++_number, _server, moment, rows, new(_fleet, !_fleet.AsSpan().SequenceEqual(fleetBefore)));

        void Add(CircuitRow row, in CircuitCounts counts)
        {
            var history = _histories.TryGetValue(row.Id, out var known) ? known : new();
            history.Add(counts, moment, isContinuous);
            histories[row.Id] = history;
            var json = JsonSerializer.SerializeToUtf8Bytes(
                row with
                {
                    CallsPerSecond = history.CallsPerSecond,
                    RejectedPerSecond = history.RejectedPerSecond,
                    Now = history.Last,
                    Transition = history.LastTransition,
                },
                DashboardJson.Plain.CircuitRow
            );
            var isSame = before.TryGetValue(row.Id, out var old) && old.Json.AsSpan().SequenceEqual(json);
            rows[row.Id] = new(isSame ? old!.Json : json, !isSame, history);
        }
    }
}
