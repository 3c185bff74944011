using System.Numerics;

namespace Fluxgate;

/// <summary>
/// The positions of the last failures among the recorded calls, in ascending order, in a ring buffer that is allocated in segments as failures
/// occur. Lock-free: an entry is first written and then counted, by its writer or, if that was preempted, by the next writer.
/// </summary>
/// <remarks>
/// Among concurrent calls, a failure gets its position when it is added here, and a success when the ledger counts it. The number of calls is the
/// number of added failures plus counted successes. Each call therefore has its own position, and every reading corresponds to some order of the
/// calls.
/// </remarks>
internal sealed class FailureLog(Ledger ledger, int capacity)
{
    private const int FirstSegment = 32;
    private const int FirstSegmentBits = 5;

    /// <summary>The number of slots: one more than the capacity, so that the slot being written hides no entry.</summary>
    private readonly long _slots = capacity + 1L;
    private readonly long[]?[] _segments = new long[]?[SegmentOf(capacity, out _) + 1];
    private long _failures;

    /// <summary>Gets the number of calls that have a position.</summary>
    public long Calls => Volatile.Read(ref _failures) + ledger.Sum(Ledger.Successes);

    /// <summary>Adds a failure that the ledger has counted.</summary>
    /// <returns>The position of the failure: the number of calls, including this one.</returns>
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

            // The successes are summed after the previous entry was counted, so positions ascend.
            var position = failure + ledger.Sum(Ledger.Successes);
            if (
                Volatile.Read(ref _failures) == failure - 1
                && Interlocked.CompareExchange(ref slot, (position << 1) | Lap(failure), seen) == seen
            )
            {
                // A full fence: the entry is visible before the writer sums.
                Interlocked.CompareExchange(ref _failures, failure, failure - 1);
                return position;
            }
        }
    }

    /// <summary>Returns whether at least <paramref name="least"/> of the last calls had failed when there were <paramref name="calls"/>. Reads one entry. It can return <see langword="true"/> too early, never too late.</summary>
    public bool Holds(long calls, long least)
    {
        var failures = Volatile.Read(ref _failures);
        return least <= Math.Min(failures, capacity) && At(failures - least + 1) > calls - capacity;
    }

    /// <summary>Returns the number of failures among the last calls when there were <paramref name="calls"/>, by a binary search.</summary>
    /// <returns>The number of failures among the last calls, up to the capacity.</returns>
    public long Read(long calls)
    {
        while (true)
        {
            var last = Volatile.Read(ref _failures);
            var failures = FirstAbove(calls, last) - FirstAbove(calls - capacity, last);

            // An entry that was added meanwhile can have overwritten one that was read.
            if (Volatile.Read(ref _failures) == last)
            {
                return failures;
            }
        }
    }

    private long FirstAbove(long position, long last)
    {
        var low = Math.Max(1, last - capacity + 1);
        var high = last + 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle) > position)
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

    /// <summary>Returns the segment of an entry. Segments have 32, 64, 128, … slots.</summary>
    private static int SegmentOf(long index, out int offset)
    {
        var shifted = index + FirstSegment;
        var segment = BitOperations.Log2((ulong)shifted) - FirstSegmentBits;
        offset = (int)(shifted - ((long)FirstSegment << segment));
        return segment;
    }

    /// <summary>Returns a bit that distinguishes an entry from the previous entry in its slot.</summary>
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
