namespace Fluxgate;

/// <summary>
/// The calls of the last so long: the ledger's sums now, minus its sums when the oldest bucket that still counts began. Nothing is ever
/// taken out of a counter, so nothing can tear.
/// </summary>
internal sealed class BucketWindow : LedgerWindow
{
    private readonly Clock _clock;
    private readonly long _start;
    private readonly long _length;
    private readonly int _buckets;
    private Frame _frame;

    public BucketWindow(Ledger ledger, Clock clock, TimeSpan duration, int buckets)
        : base(ledger)
    {
        _clock = clock;
        _buckets = buckets;

        _length = Math.Max(clock.Units(duration), buckets);
        _start = Now(0);
        var starts = new Tally[buckets];
        Array.Fill(starts, ledger.Total());
        _frame = new(0, End(0), starts);
    }

    private BucketWindow(Ledger ledger, BucketWindow before)
        : base(ledger)
    {
        (_clock, _start, _length, _buckets) = (before._clock, before._start, before._length, before._buckets);
        var frame = Volatile.Read(ref before._frame);
        _frame = new(frame.Bucket, frame.End, frame.Starts);
    }

    public override Alarm Alarm => Volatile.Read(ref _frame);

    public override long Now(long timestamp) => timestamp != 0 ? timestamp : _clock.Now;

    public override void Advance(long now)
    {
        // A new frame's alarm rings at the first call that sees it, so nobody needs to know who rotated.
        for (var frame = Volatile.Read(ref _frame); now >= frame.End; frame = Volatile.Read(ref _frame))
        {
            Rotate(frame, now);
        }
    }

    public override bool HoldsFailures(long least) => Ledger.Sum(Ledger.Failures) - Volatile.Read(ref _frame).Oldest.Failures >= least;

    public override Tally Read(long now)
    {
        var frame = Volatile.Read(ref _frame);
        var expired = now < frame.End ? 0 : BucketOf(now) - frame.Bucket;

        // A call that a bucket's start holds may have been found slow after it.
        return expired >= _buckets ? default : (Ledger.Total() - frame.Start((int)expired)).WithSlowCallsAmongAll();
    }

    public override LedgerWindow Continue(Ledger next) => new BucketWindow(next, this);

    private void Rotate(Frame frame, long now)
    {
        var bucket = BucketOf(now);
        var passed = (int)Math.Min(bucket - frame.Bucket, _buckets);
        var starts = new Tally[_buckets];
        Array.Copy(frame.Starts, passed, starts, 0, _buckets - passed);
        Array.Fill(starts, Ledger.Total(), _buckets - passed, passed);
        Interlocked.CompareExchange(ref _frame, new(bucket, End(bucket), starts), frame);
    }

    // 128 bits, since a bucket need not be a whole number of clock units: bucket k ends at start + ⌈(k + 1) · length / buckets⌉.
    private long BucketOf(long now) => (long)((Int128)(now - _start) * _buckets / _length);

    private long End(long bucket)
    {
        var end = ((((Int128)bucket + 1) * _length) + _buckets - 1) / _buckets;
        return end > long.MaxValue - _start ? long.MaxValue : _start + (long)end;
    }

    /// <summary>One bucket's time: the ledger's sums at the start of this bucket (the last) and of those before it that still count.</summary>
    private sealed class Frame(long bucket, long end, Tally[] starts) : Alarm
    {
        public long Bucket { get; } = bucket;

        public long End { get; } = end;

        public Tally[] Starts { get; } = starts;

        public ref readonly Tally Oldest => ref Starts[0];

        public Tally Start(int expired) => Starts[expired];
    }
}
