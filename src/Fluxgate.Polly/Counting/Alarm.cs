namespace Fluxgate;

/// <summary>
/// The least number of failures at which a rule could fire, and whether a success could make it fire too. As long as a window holds
/// fewer failures, and no success is waited for, evaluating the tripper could not change its result (rule 2).
/// </summary>
/// <remarks>
/// Both stand in one word that is only exchanged for another whole one: an evaluator that summed before a failure came in cannot disarm
/// what the failure armed. Order: count, fence, read the alarm; the evaluator arms, fences, sums again.
/// </remarks>
internal class Alarm(long asked)
{
    private const long SuccessBit = 1;

    private long _word = SuccessBit;
    private long _asked = asked;

    public long Word => Volatile.Read(ref _word);

    /// <summary>The number of recorded calls at which the tripper was last evaluated. Where a success is waited for, no number of calls after it may be passed over.</summary>
    public long Asked => Volatile.Read(ref _asked);

    public static bool RingsOnSuccess(long word) => (word & SuccessBit) != 0;

    public static long LeastFailures(long word) => word >> 1;

    public static long Of(long leastFailures, bool ringsOnSuccess) =>
        (Math.Min(leastFailures, long.MaxValue >> 1) << 1) | (ringsOnSuccess ? SuccessBit : 0);

    public bool TrySet(long word, long seen) => Interlocked.CompareExchange(ref _word, word, seen) == seen;

    /// <summary>Notes that the tripper was evaluated on this reading.</summary>
    public virtual void Evaluated(long calls, in CallCounts reading) => Raise(ref _asked, calls);

    protected static void Raise(ref long least, long value)
    {
        for (var seen = Volatile.Read(ref least); seen < value; )
        {
            var found = Interlocked.CompareExchange(ref least, value, seen);
            seen = found == seen ? value : found;
        }
    }
}
