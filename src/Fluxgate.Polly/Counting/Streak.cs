namespace Fluxgate;

/// <summary>
/// The failures in a row within a phase. A failure stores the number of successes before it, so that a success writes nothing. A phase that
/// continues with another ledger also continues with another streak, which includes the counts of the previous one.
/// </summary>
internal sealed class Streak
{
    private const int LengthBits = 24;
    private const long MostLength = FluxgateDefaults.MaxStreak;
    private const long MarkMask = long.MaxValue >> LengthBits;

    // At this distance from the mark, its bits could represent another number of successes.
    private const long FarFromMark = MarkMask / 4;

    private readonly Ledger _ledger;
    private readonly Marks _marks;
    private Streak? _before;
    private long _successesBefore;

    public Streak(Ledger ledger) => (_ledger, _marks) = (ledger, new());

    private Streak(Ledger ledger, Streak before)
    {
        (_ledger, _marks, _before) = (ledger, before._marks, before);

        // Releases the earlier streaks, so that reconfigurations do not build a chain.
        before.SuccessesInPhase();
    }

    /// <summary>Returns the streak for the object that continues the phase.</summary>
    public Streak On(Ledger next) => ReferenceEquals(next, _ledger) ? this : new(next, this);

    /// <summary>Returns whether another streak counts the same failures.</summary>
    public bool IsSame(Streak other) => ReferenceEquals(_marks, other._marks);

    /// <summary>
    /// Counts a failure that the ledger has already counted. This defines the order of the failure among concurrent calls.
    /// </summary>
    /// <returns>The failures in a row, including this one.</returns>
    public long Failed()
    {
        while (true)
        {
            var seen = Volatile.Read(ref _marks.Word);
            var successes = SuccessesInPhase();
            var since = Since(seen, successes);
            var word =
                since > 0
                    ? ((successes & MarkMask) << LengthBits) | 1
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

    /// <summary>Returns the current number of failures in a row.</summary>
    public long Failures()
    {
        var seen = Volatile.Read(ref _marks.Word);
        return Since(seen, SuccessesInPhase()) <= 0 ? seen & MostLength : 0;
    }

    /// <summary>Returns the number of successes since the last failure.</summary>
    public long Successes() => Math.Max(0, Since(Volatile.Read(ref _marks.Word), SuccessesInPhase()));

    /// <summary>Returns the successes since the last failure; negative if this streak has counted fewer successes than the mark.</summary>
    private long Since(long word, long successes)
    {
        var about = successes - Volatile.Read(ref _marks.Successes);
        if (about is > FarFromMark or < -FarFromMark)
        {
            return about;
        }

        // The signed distance in the bits of the mark.
        var distance = (successes - (word >> LengthBits)) & MarkMask;
        return distance <= MarkMask / 2 ? distance : distance - MarkMask - 1;
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

    /// <summary>
    /// The mark of the last failure. One word holds the successes before it (39 bits) and the failures in a row (24 bits). The full number
    /// of successes is written after the word.
    /// </summary>
    private sealed class Marks
    {
        public long Word;
        public long Successes;
    }
}
