using System.Numerics;

namespace Fluxgate;

/// <summary>
/// The call numbers of the last failures, ascending, in a ring that is allocated piece by piece as failures come. Lock-free: an entry is
/// written first and counted then, by its writer or, where that was preempted, by whoever comes next.
/// </summary>
internal sealed class FailureLog(int capacity)
{
    private const int FirstSegment = 32;
    private const int FirstSegmentBits = 5;

    /// <summary>One slot more than entries that count: the one being written hides none of them.</summary>
    private readonly long _slots = capacity + 1L;
    private readonly long[]?[] _segments = new long[]?[SegmentOf(capacity, out _) + 1];
    private long _failures;

    /// <summary>Notes a failure that its ledger holds already.</summary>
    /// <remarks>
    /// Its number is read after the entry before was counted, so numbers ascend: one that was read early and written late would mislead
    /// the binary search about all the others. A ledger that its phase has left knows less than the entry before, and adds as much.
    /// </remarks>
    public void Add(Ledger ledger)
    {
        while (true)
        {
            var failure = Volatile.Read(ref _failures) + 1;
            ref var slot = ref Slot(failure);
            var seen = Volatile.Read(ref slot);
            var isWritten = (seen & 1) == Lap(failure);
            if (!isWritten)
            {
                var number = Math.Max(ledger.Recorded, failure > 1 ? At(failure - 1) : 0);
                isWritten =
                    Volatile.Read(ref _failures) == failure - 1
                    && Interlocked.CompareExchange(ref slot, (number << 1) | Lap(failure), seen) == seen;
                if (isWritten)
                {
                    // A full fence: what was written here is seen before the writer sums up.
                    Interlocked.CompareExchange(ref _failures, failure, failure - 1);
                    return;
                }
            }
            else
            {
                Interlocked.CompareExchange(ref _failures, failure, failure - 1);
            }
        }
    }

    /// <summary>Whether at least so many calls failed after those that no longer count: a look at one of them. Only ever too eager.</summary>
    public bool Holds(Ledger ledger, long start, long least)
    {
        var oldest = Math.Max(ledger.Recorded - capacity, start);
        var failures = Volatile.Read(ref _failures);
        return least <= Math.Min(failures, capacity) && At(failures - least + 1) > oldest;
    }

    /// <summary>How many calls failed after those that no longer count, and how many calls there were: a binary search.</summary>
    public (long Failures, long Calls) Read(Ledger ledger, long start)
    {
        while (true)
        {
            // The calls are summed after the failures: no failure is counted whose call is not.
            var last = Volatile.Read(ref _failures);
            var calls = ledger.Recorded;
            var count = last + 1 - FirstAbove(Math.Max(calls - capacity, start), last);

            // An entry that came in meanwhile may have taken the place of one that was looked at.
            if (Volatile.Read(ref _failures) == last)
            {
                return (count, calls);
            }
        }
    }

    private long FirstAbove(long callNumber, long last)
    {
        var low = Math.Max(1, last - capacity + 1);
        var high = last + 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle) > callNumber)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>Segments of 32, 64, 128, … slots.</summary>
    private static int SegmentOf(long index, out int offset)
    {
        var shifted = index + FirstSegment;
        var segment = BitOperations.Log2((ulong)shifted) - FirstSegmentBits;
        offset = (int)(shifted - ((long)FirstSegment << segment));
        return segment;
    }

    /// <summary>Tells an entry from the one that stood in its slot a round of the ring before.</summary>
    private long Lap(long failure) => (((failure - 1) / _slots) + 1) & 1;

    private long At(long failure) => Volatile.Read(ref Slot(failure)) >> 1;

    private ref long Slot(long failure)
    {
        var segment = SegmentOf((failure - 1) % _slots, out var offset);
        var slots =
            Volatile.Read(ref _segments[segment])
            ?? Interlocked.CompareExchange(ref _segments[segment], new long[FirstSegment << segment], null)
            ?? _segments[segment]!;
        return ref slots[offset];
    }
}
