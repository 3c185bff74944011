namespace Fluxgate;

/// <summary>
/// A window of the calls of a recent period: the current sums of the ledger, minus its sums at the start of the oldest bucket that has not
/// expired. No counter is ever decremented, so no reading can be torn.
/// </summary>
internal sealed class BucketWindow : LedgerWindow
{
    private readonly Clock _clock;
    private readonly long _start;
    private readonly long _length;
    private readonly int _count;
    private Frame _frame;

    public BucketWindow(Ledger ledger, Clock clock, TimeSpan duration, int buckets)
        : base(ledger)
    {
        (_clock, _count) = (clock, buckets);
        _length = Math.Max(clock.Units(duration), buckets);
        _start = clock.Now;
        _frame = new(bucket: 0, End(0), Sums());
    }

    private Frame Current => Volatile.Read(ref _frame);

    public override long Now() => _clock.Now;

    public override void Advance(long now)
    {
        for (var frame = Current; now >= frame.End; frame = Current)
        {
            Rotate(frame, now);
        }
    }

    public override bool HoldsFailures(long position, long least) => Ledger.Sum(Ledger.Failures) - Current.OldestFailures >= least;

    public override Alarm NewAlarm()
    {
        var frame = Current;
        return new FrameAlarm(frame, Ledger.Total(), Ledger.SlowThresholds.Count);
    }

    /// <summary>Returns whether an alarm is that of the current bucket.</summary>
    public bool IsCurrent(Alarm alarm) => ReferenceEquals(((FrameAlarm)alarm).Frame, Current);

    /// <summary>Creates the alarm of the current bucket, for the calls since its start. It rings at the first one, so it does not matter which thread rotated the buckets.</summary>
    public Alarm AlarmOfBucket()
    {
        var frame = Current;
        return new FrameAlarm(frame, StartOf(frame, _count - 1), Ledger.SlowThresholds.Count);
    }

    public override CallCounts Read(long now, out long position)
    {
        // A sum that was read during a rotation can contain calls that were recorded after others had expired.
        Frame frame;
        CallCounts total;
        do
        {
            frame = Current;
            total = Ledger.Total();
        } while (!ReferenceEquals(frame, Current));

        position = total.Requests;
        var expired = now < frame.End ? 0 : BucketOf(now) - frame.Bucket;

        // The slow count of a call can be added after the bucket start that contains the call was read.
        return expired >= _count ? default : (total - StartOf(frame, (int)expired)).WithSlowCallsCapped();
    }

    // Only successes can have arrived since: the failures and slow calls are those of the last evaluation.
    public override CallCounts ReadEarlier(long now, long position, Alarm alarm)
    {
        var evaluated = (FrameAlarm)alarm;
        var frame = evaluated.Frame;
        return now >= frame.End || !ReferenceEquals(frame, Current) ? default : evaluated.EvaluatedAt(position);
    }

    /// <summary>Frees the memory of buckets without calls.</summary>
    public void Compact()
    {
        if (Current.Starts.Length > RowLength)
        {
            Advance(_clock.Now);
        }
    }

    private void Rotate(Frame frame, long now)
    {
        var bucket = BucketOf(now);
        var passed = (int)Math.Min(bucket - frame.Bucket, _count);
        Interlocked.CompareExchange(ref _frame, new(bucket, End(bucket), StartsAfter(frame, passed)), frame);
    }

    // 128 bits, since a bucket need not be a whole number of clock units: bucket k ends at start + ⌈(k + 1) · length / buckets⌉.
    private long BucketOf(long now) => (long)(((Int128)now - _start) * _count / _length);

    private long End(long bucket)
    {
        var end = _start + (((((Int128)bucket + 1) * _length) + _count - 1) / _count);
        return end > long.MaxValue ? long.MaxValue : (long)end;
    }

    // Memory is used only for what the ledger counts: a rule without durations needs two numbers per bucket.
    private int RowLength => FirstSlow + Ledger.SlowThresholds.Count;

    private int FirstSlow => Ledger.SumsDurations ? 3 : 2;

    /// <summary>Returns the current sums of the ledger, as the row of a bucket that starts now.</summary>
    private long[] Sums()
    {
        var total = Ledger.Total();
        var row = new long[RowLength];
        (row[Frame.Requests], row[Frame.Failures]) = (total.Requests, total.Failures);
        if (Ledger.SumsDurations)
        {
            row[Frame.Durations] = total.DurationTicks;
        }

        for (var i = 0; i < Ledger.SlowThresholds.Count; i++)
        {
            row[FirstSlow + i] = total.Slow(i);
        }

        return row;
    }

    /// <summary>Returns the starts of the buckets of a later frame.</summary>
    /// <param name="frame">The earlier frame.</param>
    /// <param name="passed">The number of buckets that have ended since.</param>
    private long[] StartsAfter(Frame frame, int passed)
    {
        var now = Sums();
        if (passed == _count || Row(frame, passed).SequenceEqual(now))
        {
            return now;
        }

        var starts = new long[_count * RowLength];
        for (var bucket = 0; bucket < _count; bucket++)
        {
            (bucket < _count - passed ? Row(frame, bucket + passed) : now).CopyTo(starts.AsSpan(bucket * RowLength));
        }

        return starts;
    }

    private Span<long> Row(Frame frame, int bucket) =>
        frame.Starts.Length == RowLength ? frame.Starts : frame.Starts.AsSpan(bucket * RowLength, RowLength);

    private CallCounts StartOf(Frame frame, int bucket)
    {
        var row = Row(frame, bucket);
        var slow = default(CallCounts.SlowCounts);
        row[FirstSlow..].CopyTo(slow);
        return new(row[Frame.Requests], row[Frame.Failures], Ledger.SumsDurations ? row[Frame.Durations] : 0, slow);
    }

    /// <summary>The period of one bucket.</summary>
    /// <param name="bucket">The number of the bucket.</param>
    /// <param name="end">The end of the bucket.</param>
    /// <param name="starts">
    /// A row for each bucket that has not expired: the sums of the ledger at its start. One row stands for all if all buckets start with the
    /// same sums, because no call came between.
    /// </param>
    private sealed class Frame(long bucket, long end, long[] starts)
    {
        // The columns of a row. Those of slow calls follow.
        public const int Requests = 0;
        public const int Failures = 1;
        public const int Durations = 2;

        public long Bucket { get; } = bucket;

        public long End { get; } = end;

        public long[] Starts { get; } = starts;

        public long OldestRequests => Starts[Requests];

        public long OldestFailures => Starts[Failures];
    }

    /// <summary>The alarm of one frame, with the window of the last evaluation.</summary>
    /// <remarks>These numbers only grow, and the calls are written first. A reader that reads the failures before the calls never sees failures of later calls.</remarks>
    private sealed class FrameAlarm(Frame frame, in CallCounts total, int slowThresholds) : Alarm(total.Requests)
    {
        private long _failures = total.Failures - frame.OldestFailures;
        private readonly long[] _slow = slowThresholds == 0 ? [] : new long[slowThresholds];

        public Frame Frame { get; } = frame;

        /// <summary>Returns the window of the last evaluation, extended by successes up to the given number of calls; empty if the rule has been evaluated at that number.</summary>
        public CallCounts EvaluatedAt(long calls)
        {
            var slow = default(CallCounts.SlowCounts);
            for (var i = 0; i < _slow.Length; i++)
            {
                slow[i] = Volatile.Read(ref _slow[i]);
            }

            var failures = Volatile.Read(ref _failures);
            return calls <= LastEvaluation ? default : new(calls - Frame.OldestRequests, failures, 0, slow);
        }

        public override void RecordEvaluation(long calls, in CallCounts reading)
        {
            base.RecordEvaluation(calls, reading);
            Raise(ref _failures, reading.Failures);
            for (var i = 0; i < _slow.Length; i++)
            {
                Raise(ref _slow[i], reading.Slow(i));
            }
        }
    }
}
