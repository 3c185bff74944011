namespace Fluxgate;

/// <summary>
/// The least number of failures at which a rule could fire, and whether a success could make it fire too. As long as a window holds
/// fewer failures, and no success is waited for, asking the tripper could not change its answer (rule 2).
/// </summary>
/// <remarks>
/// Both stand in one word that is only exchanged for another whole one: an evaluator that summed before a failure came in cannot disarm
/// what the failure armed. Order: count, fence, read the alarm; the evaluator arms, fences, sums again.
/// </remarks>
internal class Alarm
{
    private const long SuccessBit = 1;

    private long _word = SuccessBit;

    public long Word => Volatile.Read(ref _word);

    public static bool RingsOnSuccess(long word) => (word & SuccessBit) != 0;

    public static long LeastFailures(long word) => word >> 1;

    public static long Of(long leastFailures, bool ringsOnSuccess) =>
        (Math.Min(leastFailures, long.MaxValue >> 1) << 1) | (ringsOnSuccess ? SuccessBit : 0);

    public bool TrySet(long word, long seen) => Interlocked.CompareExchange(ref _word, word, seen) == seen;
}
