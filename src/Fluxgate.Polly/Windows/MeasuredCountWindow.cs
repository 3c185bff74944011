namespace Fluxgate;

/// <summary>
/// The last so many calls with how long they took: a ring in which each call takes the place of the one that many calls ago, and adds
/// the difference of the two to the sums.
/// </summary>
/// <remarks>Lock-free. Calls that are being recorded at this very moment may be counted before or after one another.</remarks>
internal sealed class MeasuredCountWindow : LedgerWindow
{
    // An entry: the duration where durations are summed, the number of thresholds reached, whether it failed, and that it is one.
    private const int FilledBit = 1;
    private const int FailedBit = 2;
    private const int ReachedShift = 2;
    private const int ReachedBits = 7;
    private const int DurationShift = 5;

    private readonly Sums _sums;

    public MeasuredCountWindow(Ledger ledger, int size)
        : this(ledger, new Sums(size)) { }

    private MeasuredCountWindow(Ledger ledger, Sums sums)
        : base(ledger) => _sums = sums;

    public override Alarm Alarm { get; } = new();

    public override void Added(bool failed, long durationTicks, int reached)
    {
        var slot = (Interlocked.Increment(ref _sums.Recorded) - 1) % _sums.Ring.Length;
        var duration = Ledger.SumsDurations ? durationTicks : 0;
        var entry = (duration << DurationShift) | ((long)reached << ReachedShift) | (failed ? FailedBit : 0L) | FilledBit;
        var old = Interlocked.Exchange(ref _sums.Ring[slot], entry);
        Add(ref _sums.Failures, ((entry & FailedBit) - (old & FailedBit)) / FailedBit);
        Add(ref _sums.Duration, duration - (old >> DurationShift));
        var reachedBefore = (int)(old >> ReachedShift) & ReachedBits;
        for (var i = Math.Min(reached, reachedBefore); i < Math.Max(reached, reachedBefore); i++)
        {
            Add(ref _sums.Slow[i], reached > reachedBefore ? 1 : -1);
        }
    }

    public override bool HoldsFailures(long least) => Volatile.Read(ref _sums.Failures) >= least;

    public override Tally Read(long now)
    {
        var slow = default(Tally.SlowCounts);
        for (var i = 0; i < Ledger.SlowThresholds.Count; i++)
        {
            slow[i] = Volatile.Read(ref _sums.Slow[i]);
        }

        // The calls last, as in a ledger: a sum that tears may be too small but opens no circuit.
        var failures = Volatile.Read(ref _sums.Failures);
        var duration = Volatile.Read(ref _sums.Duration);
        return new(Math.Min(Volatile.Read(ref _sums.Recorded), _sums.Ring.Length), failures, duration, slow);
    }

    public override LedgerWindow Continue(Ledger next) => new MeasuredCountWindow(next, _sums);

    private static void Add(ref long sum, long amount)
    {
        if (amount != 0)
        {
            Interlocked.Add(ref sum, amount);
        }
    }

    /// <summary>The calls and their sums, kept when the phase goes on on another ledger.</summary>
    private sealed class Sums(int size)
    {
        public readonly long[] Ring = new long[size];
        public Tally.SlowCounts Slow;
        public long Recorded;
        public long Failures;
        public long Duration;
    }
}
