namespace Fluxgate;

/// <summary>
/// A window of the calls of a recent period: the current sums of the ledger, minus its sums at the start of the oldest bucket that has not
/// expired. No counter is ever decremented, so no reading can be torn.
/// </summary>
internal sealed class BucketWindow : LedgerWindow
{
    private readonly Buckets _buckets;
    private FrameAlarm _alarm;

    public BucketWindow(Ledger ledger, Clock clock, TimeSpan duration, int buckets)
        : this(new(ledger, clock, duration, buckets)) { }

    private BucketWindow(Buckets buckets)
        : base(buckets.Ledger) => (_buckets, _alarm) = (buckets, new(buckets.Frame, Ledger.Total(), Ledger.SlowThresholds.Count));

    /// <summary>Gets the alarm of the current frame. The alarm of a new frame fires at the first call, so it does not matter which thread rotated the buckets.</summary>
    public override Alarm Alarm
    {
        get
        {
            var frame = _buckets.Frame;
            var alarm = Volatile.Read(ref _alarm);
            return ReferenceEquals(alarm.Frame, frame) ? alarm : Renewed(alarm, frame);
        }
    }

    public override long Now() => _buckets.Clock.Now;

    public override void Advance(long now) => _buckets.Advance(now);

    /// <summary>Frees the memory of buckets without calls.</summary>
    public void Compact() => _buckets.Compact();

    public override bool HoldsFailures(long position, long least) => Ledger.Sum(Ledger.Failures) - _buckets.Frame.OldestFailures >= least;

    public override CallCounts Read(long now, out long position) => _buckets.Read(now, out position);

    // Only successes can have arrived since: the failures and slow calls are those of the last evaluation.
    public override CallCounts ReadEarlier(long now, long position)
    {
        var alarm = Volatile.Read(ref _alarm);
        var frame = alarm.Frame;
        return now >= frame.End || position <= frame.OldestRequests || !ReferenceEquals(frame, _buckets.Frame)
            ? default
            : alarm.EvaluatedAt(position);
    }

    public override LedgerWindow WithNewAlarm() => new BucketWindow(_buckets);

    private FrameAlarm Renewed(FrameAlarm alarm, Frame frame)
    {
        var renewed = new FrameAlarm(frame, frame.Starts.Last, Ledger.SlowThresholds.Count);
        var found = Interlocked.CompareExchange(ref _alarm, renewed, alarm);
        return ReferenceEquals(found, alarm) ? renewed : found;
    }

    /// <summary>The buckets, which all window objects of one phase share.</summary>
    private sealed class Buckets
    {
        private readonly long _start;
        private readonly long _length;
        private readonly int _count;
        private Frame _frame;

        public Buckets(Ledger ledger, Clock clock, TimeSpan duration, int count)
        {
            (Ledger, Clock, _count) = (ledger, clock, count);
            _length = Math.Max(clock.Units(duration), count);
            _start = clock.Now;
            _frame = new(0, End(0), new(ledger, count, ledger.Total()));
        }

        public Ledger Ledger { get; }

        public Clock Clock { get; }

        public Frame Frame => Volatile.Read(ref _frame);

        public void Advance(long now)
        {
            for (var frame = Frame; now >= frame.End; frame = Frame)
            {
                Rotate(frame, now);
            }
        }

        public CallCounts Read(long now, out long position)
        {
            // A sum that was read during a rotation can contain calls that were recorded after others had expired.
            Frame frame;
            CallCounts total;
            do
            {
                frame = Frame;
                total = Ledger.Total();
            } while (!ReferenceEquals(frame, Frame));

            position = total.Requests;
            var expired = now < frame.End ? 0 : BucketOf(now) - frame.Bucket;

            // The slow count of a call can be added after the bucket start that contains the call was read.
            return expired >= _count ? default : (total - frame.Starts[(int)expired]).WithSlowCallsCapped();
        }

        /// <summary>Frees the memory of buckets without calls.</summary>
        public void Compact()
        {
            if (!Frame.Starts.AreSame)
            {
                Advance(Clock.Now);
            }
        }

        private void Rotate(Frame frame, long now)
        {
            var bucket = BucketOf(now);
            var passed = (int)Math.Min(bucket - frame.Bucket, _count);
            var starts = frame.Starts.Later(passed, new(Ledger, _count, Ledger.Total()));
            Interlocked.CompareExchange(ref _frame, new(bucket, End(bucket), starts), frame);
        }

        // 128 bits, since a bucket need not be a whole number of clock units: bucket k ends at start + ⌈(k + 1) · length / buckets⌉.
        private long BucketOf(long now) => (long)(((Int128)now - _start) * _count / _length);

        private long End(long bucket)
        {
            var end = _start + (((((Int128)bucket + 1) * _length) + _count - 1) / _count);
            return end > long.MaxValue ? long.MaxValue : (long)end;
        }
    }

    /// <summary>The period of one bucket: the sums of the ledger at the start of this bucket (the last) and of the earlier buckets that have not expired.</summary>
    private sealed class Frame(long bucket, long end, Starts starts)
    {
        public long Bucket { get; } = bucket;

        public long End { get; } = end;

        public Starts Starts { get; } = starts;

        public long OldestRequests => Starts.OldestRequests;

        public long OldestFailures => Starts.OldestFailures;
    }

    /// <summary>
    /// The sums at the start of each bucket. Memory is used only for what the ledger counts: a rule without durations needs two numbers per
    /// bucket. If all buckets start with the same sums, because no call came between, one row stands for all.
    /// </summary>
    private readonly struct Starts
    {
        private readonly long[] _rows;
        private readonly ushort _buckets;
        private readonly byte _width;
        private readonly bool _hasDurations;

        /// <summary>All buckets start with the same sums.</summary>
        public Starts(Ledger ledger, int buckets, in CallCounts total)
        {
            (_buckets, _hasDurations) = ((ushort)buckets, ledger.SumsDurations);
            _width = (byte)(2 + (_hasDurations ? 1 : 0) + ledger.SlowThresholds.Count);
            _rows = new long[_width];
            (_rows[0], _rows[1]) = (total.Requests, total.Failures);
            var slow = 2;
            if (_hasDurations)
            {
                _rows[slow++] = total.DurationTicks;
            }

            for (var i = 0; slow + i < _width; i++)
            {
                _rows[slow + i] = total.Slow(i);
            }
        }

        private Starts(Starts like, long[] rows) => (this, _rows) = (like, rows);

        /// <summary>Gets whether one row stands for all buckets.</summary>
        public bool AreSame => _rows.Length == _width;

        public CallCounts this[int bucket]
        {
            get
            {
                var row = Row(bucket);
                var slow = default(CallCounts.SlowCounts);
                row[(_hasDurations ? 3 : 2)..].CopyTo(slow);
                return new(row[0], row[1], _hasDurations ? row[2] : 0, slow);
            }
        }

        public CallCounts Last => this[_buckets - 1];

        public long OldestRequests => _rows[0];

        public long OldestFailures => _rows[1];

        /// <summary>Returns the starts of a later frame.</summary>
        /// <param name="passed">The number of buckets that have ended between.</param>
        /// <param name="now">The sums now, at which the new buckets start.</param>
        public Starts Later(int passed, Starts now)
        {
            if (passed == _buckets || Row(passed).SequenceEqual(now._rows))
            {
                return now;
            }

            var rows = new long[_buckets * _width];
            for (var bucket = 0; bucket < _buckets; bucket++)
            {
                (bucket < _buckets - passed ? Row(bucket + passed) : now._rows).CopyTo(rows.AsSpan(bucket * _width));
            }

            return new(now, rows);
        }

        private Span<long> Row(int bucket) => AreSame ? _rows : _rows.AsSpan(bucket * _width, _width);
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

        public override void Evaluated(long calls, in CallCounts reading)
        {
            base.Evaluated(calls, reading);
            Raise(ref _failures, reading.Failures);
            for (var i = 0; i < _slow.Length; i++)
            {
                Raise(ref _slow[i], reading.Slow(i));
            }
        }
    }
}
