namespace Fluxgate;

/// <summary>
/// Failures in a row, derived: a failure notes how many successes there were before it, so that a success writes nothing. Both stand in
/// one word: 40 bits of successes, 24 of failures in a row.
/// </summary>
internal sealed class Streak
{
    private const int LengthBits = 24;
    private const long MostLength = FluxgateDefaults.MaxStreak;
    private const long MarkBits = long.MaxValue >> LengthBits;

    private long _word;

    /// <summary>Counts a failure that the ledger holds already.</summary>
    /// <returns>The failures in a row, this one included.</returns>
    public long Failed(Ledger ledger)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _word);
            var (mark, successes) = (seen >> LengthBits, ledger.Sum(Ledger.Successes) & MarkBits);

            // A ledger that its phase has left knows less than the mark, and must not set it back.
            successes = ((mark - successes) & MarkBits) <= MarkBits / 2 ? mark : successes;
            var length = mark == successes ? Math.Min((seen & MostLength) + 1, MostLength) : 1;
            if (Interlocked.CompareExchange(ref _word, (successes << LengthBits) | length, seen) == seen)
            {
                return length;
            }
        }
    }

    public long Failures(Ledger ledger)
    {
        var seen = Volatile.Read(ref _word);
        return seen >> LengthBits == (ledger.Sum(Ledger.Successes) & MarkBits) ? seen & MostLength : 0;
    }

    public long Successes(Ledger ledger) => (ledger.Sum(Ledger.Successes) - (Volatile.Read(ref _word) >> LengthBits)) & MarkBits;
}
