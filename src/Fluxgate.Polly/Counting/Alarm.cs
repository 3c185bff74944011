namespace Fluxgate;

/// <summary>
/// The least number of failures at which a rule could fire, and whether a success could make it fire. As long as a window contains fewer
/// failures, and a success cannot make the rule fire, evaluating the tripper cannot change its result (rule 2).
/// </summary>
/// <remarks>
/// Both are in one word, which is only replaced as a whole by compare-and-exchange: an evaluator that summed before a failure was counted
/// cannot disarm what the failure armed. Order: count, fence, read the alarm; the evaluator arms, fences, sums again.
/// </remarks>
internal class Alarm(long evaluatedAt)
{
    private const long SuccessBit = 1;

    private long _word = SuccessBit;
    private long _lastEvaluation = evaluatedAt;

    public long Word => Volatile.Read(ref _word);

    /// <summary>Gets the number of recorded calls at which the tripper was last evaluated. If a success can make the rule fire, it must be evaluated at every later number of calls.</summary>
    public long LastEvaluation => Volatile.Read(ref _lastEvaluation);

    public static bool RingsOnSuccess(long word) => (word & SuccessBit) != 0;

    public static long LeastFailures(long word) => word >> 1;

    public static long Of(long leastFailures, bool ringsOnSuccess) =>
        (Math.Min(leastFailures, long.MaxValue >> 1) << 1) | (ringsOnSuccess ? SuccessBit : 0);

    public bool TrySet(long word, long seen) => Interlocked.CompareExchange(ref _word, word, seen) == seen;

    /// <summary>Records that the tripper was evaluated on this reading.</summary>
    public virtual void RecordEvaluation(long calls, in CallCounts reading) => Raise(ref _lastEvaluation, calls);

    protected static void Raise(ref long least, long value)
    {
        for (var seen = Volatile.Read(ref least); seen < value; )
        {
            var found = Interlocked.CompareExchange(ref least, value, seen);
            seen = found == seen ? value : found;
        }
    }
}
