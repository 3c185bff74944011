namespace Fluxgate;

/// <summary>What happened to a circuit in one bucket of time. The page draws its sparklines from it.</summary>
/// <param name="At">The number of the bucket since the dashboard was mapped.</param>
/// <param name="Succeeded">The calls that settled without a failure.</param>
/// <param name="Failed">The calls that failed.</param>
/// <param name="Rejected">The calls that were rejected.</param>
internal sealed record HistoryBucket(long At, long Succeeded, long Failed, long Rejected)
{
    /// <summary>Returns the bucket with further calls.</summary>
    public HistoryBucket Plus(long succeeded, long failed, long rejected) =>
        succeeded == 0 && failed == 0 && rejected == 0 ? this : new(At, Succeeded + succeeded, Failed + failed, Rejected + rejected);

    /// <summary>Returns whether nothing happened. Such a bucket is not sent, so that an idle circuit causes no traffic.</summary>
    public bool IsEmpty() => (Succeeded, Failed, Rejected) == (0, 0, 0);
}

/// <summary>A transition that the dashboard saw.</summary>
/// <param name="Number">The number of the transition of its circuit.</param>
/// <param name="At">When it happened.</param>
/// <param name="From">The old state; <see langword="null"/> if it is unknown, because several transitions happened between two readings.</param>
/// <param name="To">The new state.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Missed">How many transitions happened unseen between the reading before and this one.</param>
internal sealed record RecordedTransition(long Number, DateTimeOffset At, string? From, string To, string Reason, long Missed);

/// <summary>
/// The last five minutes of one circuit or group, from the first viewer on: calls in buckets of 5 s, and transitions. It compares snapshots, so that no
/// call has to write anything. Its size is fixed. One thread adds; others read the log.
/// </summary>
internal sealed class CircuitHistory
{
    public const int Buckets = 60;

    public const int MostTransitions = 50;

    private const int RateReadings = 6;

    private readonly HistoryBucket?[] _buckets = new HistoryBucket?[Buckets];
    private readonly List<RecordedTransition> _transitions = [];
    private readonly Queue<(long Timestamp, long Requests, long Rejected)> _readings = new(RateReadings);
    private CircuitCounts? _before;

    public static TimeSpan BucketLength { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the last bucket; <see langword="null"/> while nothing has happened in it.</summary>
    public HistoryBucket? Last { get; private set; }

    public double? CallsPerSecond { get; private set; }

    public double? RejectedPerSecond { get; private set; }

    /// <summary>Gets the last transition.</summary>
    public RecordedTransition? LastTransition { get; private set; }

    /// <summary>Returns the recorded buckets up to one, and the transitions, the oldest first. Times in which nothing happened or nobody watched are missing.</summary>
    public CircuitLog Read(long bucket)
    {
        lock (this)
        {
            return new(
                [
                    .. _buckets
                        .OfType<HistoryBucket>()
                        .Where(recorded => recorded.At > bucket - Buckets && recorded.At <= bucket && !recorded.IsEmpty())
                        .OrderBy(recorded => recorded.At),
                ],
                [.. _transitions]
            );
        }
    }

    /// <summary>Adds a reading.</summary>
    /// <param name="now">The counts.</param>
    /// <param name="moment">When they were read.</param>
    /// <param name="isContinuous">Whether the reading before belongs to the same time of watching.</param>
    public void Add(in CircuitCounts now, FeedMoment moment, bool isContinuous)
    {
        lock (this)
        {
            AddInOrder(now, moment, isContinuous);
        }
    }

    private void AddInOrder(in CircuitCounts now, FeedMoment moment, bool isContinuous)
    {
        if (!isContinuous)
        {
            _before = null;
            _readings.Clear();
        }

        _transitions.RemoveAll(old => moment.Time - old.At > BucketLength * Buckets);
        ref var bucket = ref _buckets[moment.Bucket % Buckets];
        if (bucket?.At != moment.Bucket)
        {
            bucket = new(moment.Bucket, 0, 0, 0);
        }

        if (_before is { } before)
        {
            bucket = bucket.Plus(
                Increase(now.Requests - now.Failures, before.Requests - before.Failures),
                Increase(now.Failures, before.Failures),
                Increase(now.Rejected, before.Rejected)
            );
            if (now.Transition is { } seen && now.Signals > before.Signals)
            {
                AddTransition(seen, before, now.Signals - before.Signals - 1);
            }
        }

        Last = bucket.IsEmpty() ? null : bucket;
        _before = now;
        UpdateRates(now, moment);
    }

    // Breakers of groups are evicted and counted again from zero.
    private static long Increase(long now, long before) => Math.Max(0, now - before);

    private void AddTransition(RecordedTransition seen, in CircuitCounts before, long missed)
    {
        if (_transitions.Count == MostTransitions)
        {
            _transitions.RemoveAt(0);
        }

        LastTransition = seen with { From = missed == 0 ? before.State : null, Missed = missed };
        _transitions.Add(LastTransition);
    }

    private void UpdateRates(in CircuitCounts now, FeedMoment moment)
    {
        if (_readings.Count == RateReadings)
        {
            _readings.Dequeue();
        }

        _readings.Enqueue((moment.Timestamp, now.Requests, now.Rejected));
        var (timestamp, requests, rejected) = _readings.Peek();
        var seconds = moment.SecondsSince(timestamp);
        CallsPerSecond = seconds > 0 ? Rate(now.Requests, requests, seconds) : null;
        RejectedPerSecond = seconds > 0 ? Rate(now.Rejected, rejected, seconds) : null;
    }

    // Rounded, so that a steady circuit is not sent again and again.
    private static double Rate(long now, long before, double seconds) => Math.Round(Increase(now, before) / seconds, 1);
}

/// <summary>What a history contains.</summary>
internal sealed record CircuitLog(IReadOnlyList<HistoryBucket> Buckets, IReadOnlyList<RecordedTransition> Transitions);

/// <summary>The counts that a history compares.</summary>
internal readonly record struct CircuitCounts(
    string State,
    long Requests,
    long Failures,
    long Rejected,
    long Signals,
    RecordedTransition? Transition
);
