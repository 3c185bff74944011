using System.Numerics;

namespace Fluxgate;

/// <summary>
/// The places of the last failures among the recorded calls, ascending, in a ring that is allocated piece by piece as failures come.
/// Lock-free: an entry is written first and counted then, by its writer or, where that was preempted, by whoever comes next.
/// </summary>
/// <remarks>
/// Between concurrent calls, a failure takes its place when it is noted here, and a success when the ledger counts it. So the number of calls is
/// the number of noted failures and counted successes, each call has a place of its own, and every reading is one that some order of the calls
/// gives.
/// </remarks>
internal sealed class FailureLog(Ledger ledger, int capacity)
{
    private const int FirstSegment = 32;
    private const int FirstSegmentBits = 5;

    /// <summary>One slot more than entries that count: the one being written hides none of them.</summary>
    private readonly long _slots = capacity + 1L;
    private readonly long[]?[] _segments = new long[]?[SegmentOf(capacity, out _) + 1];
    private long _failures;

    /// <summary>The calls that have a place.</summary>
    public long Calls => Volatile.Read(ref _failures) + ledger.Sum(Ledger.Successes);

    /// <summary>Notes a failure that the ledger has counted.</summary>
    /// <returns>Its place: how many calls there are, this one included.</returns>
    public long Add()
    {
        while (true)
        {
            var failure = Volatile.Read(ref _failures) + 1;
            ref var slot = ref Slot(failure);
            var seen = Volatile.Read(ref slot);
            if ((seen & 1) == Lap(failure))
            {
                Interlocked.CompareExchange(ref _failures, failure, failure - 1);
                continue;
            }

            // The successes are summed after the entry before was counted, so places ascend.
            var place = failure + ledger.Sum(Ledger.Successes);
            if (
                Volatile.Read(ref _failures) == failure - 1
                && Interlocked.CompareExchange(ref slot, (place << 1) | Lap(failure), seen) == seen
            )
            {
                // A full fence: what was written here is seen before the writer sums up.
                Interlocked.CompareExchange(ref _failures, failure, failure - 1);
                return place;
            }
        }
    }

    /// <summary>Whether at least so many of the last calls failed when there were <paramref name="calls"/>: a look at one entry. Only ever too eager.</summary>
    public bool Holds(long calls, long least)
    {
        var failures = Volatile.Read(ref _failures);
        return least <= Math.Min(failures, capacity) && At(failures - least + 1) > calls - capacity;
    }

    /// <summary>Counts the failures among the last calls when there were so many: a binary search.</summary>
    /// <returns>How many of the last calls failed, up to the capacity.</returns>
    public long Read(long calls)
    {
        while (true)
        {
            var last = Volatile.Read(ref _failures);
            var failures = FirstAbove(calls, last) - FirstAbove(calls - capacity, last);

            // An entry that came in meanwhile may have taken the place of one that was looked at.
            if (Volatile.Read(ref _failures) == last)
            {
                return failures;
            }
        }
    }

    private long FirstAbove(long place, long last)
    {
        var low = Math.Max(1, last - capacity + 1);
        var high = last + 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle) > place)
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
