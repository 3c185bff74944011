namespace Fluxgate;

/// <summary>
/// Failures in a row within a phase, derived: a failure notes how many successes there were before it, so that a success writes nothing.
/// Where the phase goes on with another ledger, it goes on with another streak, which counts on from the one before.
/// </summary>
internal sealed class Streak
{
    private const int LengthBits = 24;
    private const long MostLength = FluxgateDefaults.MaxStreak;
    private const long MarkBits = long.MaxValue >> LengthBits;

    // So far from the mark, its bits could stand for another number of successes.
    private const long FarFromMark = MarkBits / 4;

    private readonly Ledger _ledger;
    private readonly Marks _marks;
    private Streak? _before;
    private long _successesBefore;

    public Streak(Ledger ledger) => (_ledger, _marks) = (ledger, new());

    private Streak(Ledger ledger, Streak before)
    {
        (_ledger, _marks, _before) = (ledger, before._marks, before);

        // Lets go of streaks before it, so that reconfigurations make no chain.
        before.SuccessesInPhase();
    }

    /// <summary>The streak of the object in which its phase goes on.</summary>
    public Streak On(Ledger next) => ReferenceEquals(next, _ledger) ? this : new(next, this);

    /// <summary>Whether another streak counts the same failures.</summary>
    public bool IsSame(Streak other) => ReferenceEquals(_marks, other._marks);

    /// <summary>Counts a failure that the ledger holds already. Between concurrent calls, this is the failure's place in the order.</summary>
    /// <returns>The failures in a row, this one included.</returns>
    public long Failed()
    {
        while (true)
        {
            var seen = Volatile.Read(ref _marks.Word);
            var successes = SuccessesInPhase();
            var since = Since(seen, successes);
            var word =
                since > 0
                    ? ((successes & MarkBits) << LengthBits) | 1
                    : (seen & ~MostLength) | Math.Min((seen & MostLength) + 1, MostLength);
            if (Interlocked.CompareExchange(ref _marks.Word, word, seen) == seen)
            {
                if (since > 0)
                {
                    Volatile.Write(ref _marks.Successes, successes);
                }

                return word & MostLength;
            }
        }
    }

    /// <summary>Failures in a row up to now.</summary>
    public long Failures()
    {
        var seen = Volatile.Read(ref _marks.Word);
        return Since(seen, SuccessesInPhase()) <= 0 ? seen & MostLength : 0;
    }

    /// <summary>Successes since the last failure.</summary>
    public long Successes() => Math.Max(0, Since(Volatile.Read(ref _marks.Word), SuccessesInPhase()));

    /// <summary>The successes since the last failure; negative where this streak knows fewer than the mark.</summary>
    private long Since(long word, long successes)
    {
        var about = successes - Volatile.Read(ref _marks.Successes);
        if (about is > FarFromMark or < -FarFromMark)
        {
            return about;
        }

        // The distance in the mark's bits, with its sign.
        var distance = (successes - (word >> LengthBits)) & MarkBits;
        return distance <= MarkBits / 2 ? distance : distance - MarkBits - 1;
    }

    private long SuccessesInPhase()
    {
        var successes = _ledger.Sum(Ledger.Successes);
        if (Volatile.Read(ref _before) is not { } before)
        {
            return successes + _successesBefore;
        }

        return successes + SuccessesBefore(before);
    }

    private long SuccessesBefore(Streak before)
    {
        var final = before._ledger.IsSealed;
        var successesBefore = before.SuccessesInPhase();
        if (final)
        {
            _successesBefore = successesBefore;
            Volatile.Write(ref _before, null);
        }

        return successesBefore;
    }

    /// <summary>One word that holds the successes before the last failure (40 bits) and the failures in a row (24 bits), and those successes once more in full, written after it.</summary>
    private sealed class Marks
    {
        public long Word;
        public long Successes;
    }
}
