namespace Fluxgate;

/// <summary>
/// The last calls with their durations in a ring buffer, and their sums at every position. Lock-free: an entry is first written and then counted, by
/// its writer or, if that was preempted, by the next writer. Each call therefore has its own position.
/// </summary>
/// <remarks>
/// The sums at one position are stored as a base. The sums at another position are the base plus or minus the entries between. If the base is too far
/// away, all entries are summed. One thread at a time moves the base, and no other thread waits for it.
/// </remarks>
internal sealed class CallRing
{
    // An entry: the round of the ring, the duration, the number of thresholds reached, and whether the call failed.
    private const int FailedBit = 1;
    private const int ReachedShift = 1;
    private const int ReachedMask = 7;
    private const int DurationShift = 4;
    private const long DurationMask = (1L << 43) - 1;
    private const int RoundShift = 47;
    private const long Rounds = 1L << (63 - RoundShift);

    private readonly int _size;
    private readonly int _basePeriod;
    private readonly long[] _ring;

    // Two instances: the current base, which the lowest bit of the version selects, and the one that is written next.
    private readonly Base[] _bases = [new(), new()];
    private long _calls;
    private long _version;
    private int _moving;

    public CallRing(int size)
    {
        _size = size;

        // Entries that have left the window are kept for a while, because sums at earlier positions need them.
        var spare = 32 + (size / 8);
        _basePeriod = spare / 4;
        _ring = new long[size + spare];
    }

    /// <summary>Gets the number of calls so far.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Adds a call.</summary>
    /// <returns>The position of the call: the number of calls, including this one.</returns>
    public long Add(bool failed, long durationTicks, int reached)
    {
        var call = (durationTicks << DurationShift) | ((long)reached << ReachedShift) | (failed ? FailedBit : 0L);
        while (true)
        {
            var position = Volatile.Read(ref _calls) + 1;
            ref var slot = ref Slot(position);
            var seen = Volatile.Read(ref slot);
            if (seen >> RoundShift == Round(position))
            {
                Interlocked.CompareExchange(ref _calls, position, position - 1);
            }
            else if (
                Volatile.Read(ref _calls) == position - 1
                && Interlocked.CompareExchange(ref slot, (Round(position) << RoundShift) | call, seen) == seen
            )
            {
                Interlocked.CompareExchange(ref _calls, position, position - 1);
                if (position % _basePeriod == 0)
                {
                    _ = Read(position);
                }

                return position;
            }
        }
    }

    /// <summary>Returns the sums of the window that ends at a position, or at the last position if that is too long ago.</summary>
    public CallCounts Read(long position)
    {
        while (true)
        {
            var sums = ReadBase(out var version, out var basePosition);
            if (basePosition == position || TryMove(ref sums, basePosition, position) || TryAddUp(ref sums, position))
            {
                if (position > basePosition)
                {
                    MoveBase(version, position, sums);
                }

                return new(Math.Min(position, _size), sums.Failures, sums.DurationTicks, sums.Slow);
            }

            position = Calls;
        }
    }

    /// <summary>Reads the sums of the oldest calls in the window that ends at a position.</summary>
    /// <returns><see langword="false"/> if later calls have overwritten them.</returns>
    public bool TryReadOldest(long position, long count, out CallCounts oldest)
    {
        var sums = default(Sums);
        var first = Math.Max(position - _size + 1, 1);
        var isRead = TryAdd(ref sums, first, first + count - 1, sign: 1);
        oldest = isRead ? new(count, sums.Failures, sums.DurationTicks, sums.Slow) : default;
        return isRead;
    }

    /// <summary>Returns whether the window that ends at a position can contain that many failures, as if each call between the base and that position had failed. It can return <see langword="true"/> too early, never too late.</summary>
    public bool MayHold(long failures, long position)
    {
        while (true)
        {
            var version = Volatile.Read(ref _version);
            var most = _bases[version & 1].MostFailures(position);
            if (Volatile.Read(ref _version) == version)
            {
                return most >= failures;
            }
        }
    }

    private Sums ReadBase(out long version, out long position)
    {
        while (true)
        {
            version = Volatile.Read(ref _version);
            var sums = _bases[version & 1].Read(out position);
            if (Volatile.Read(ref _version) == version)
            {
                return sums;
            }
        }
    }

    /// <summary>Moves the sums from one position to another.</summary>
    private bool TryMove(ref Sums sums, long from, long to)
    {
        var (first, last, sign) = from < to ? (from + 1, to, 1) : (to + 1, from, -1);
        return last - first < _ring.Length - _size
            && TryAdd(ref sums, first, last, sign)
            && TryAdd(ref sums, first - _size, last - _size, -sign);
    }

    private bool TryAddUp(ref Sums sums, long position)
    {
        sums = default;
        return TryAdd(ref sums, position - _size + 1, position, sign: 1);
    }

    /// <summary>Adds the calls at a range of positions to the sums, or subtracts them. There are no calls before the first position.</summary>
    /// <returns><see langword="false"/> if later calls have overwritten their slots.</returns>
    private bool TryAdd(ref Sums sums, long first, long last, int sign)
    {
        first = Math.Max(first, 1);
        var slot = (first - 1) % _ring.Length;
        var round = Round(first);
        for (var position = first; position <= last; position++)
        {
            var entry = Volatile.Read(ref _ring[slot]);
            if (entry >> RoundShift != round)
            {
                return false;
            }

            sums.Failures += sign * (entry & FailedBit);
            sums.DurationTicks += sign * ((entry >> DurationShift) & DurationMask);
            for (var reached = (int)(entry >> ReachedShift) & ReachedMask; reached > 0; reached--)
            {
                sums.Slow[reached - 1] += sign;
            }

            if (++slot == _ring.Length)
            {
                (slot, round) = (0, Round(position + 1));
            }
        }

        return true;
    }

    private void MoveBase(long version, long position, in Sums sums)
    {
        if (Interlocked.CompareExchange(ref _moving, 1, 0) != 0)
        {
            return;
        }

        if (Volatile.Read(ref _version) == version)
        {
            _bases[(version + 1) & 1].Write(position, sums);
            Volatile.Write(ref _version, version + 1);
        }

        Volatile.Write(ref _moving, 0);
    }

    /// <summary>Returns the round of a position, which distinguishes an entry from the previous entry in its slot. The first round is 1.</summary>
    private long Round(long position) => (((position - 1) / _ring.Length) + 1) % Rounds;

    private ref long Slot(long position) => ref _ring[(position - 1) % _ring.Length];

    private struct Sums
    {
        public long Failures;
        public long DurationTicks;
        public CallCounts.SlowCounts Slow;
    }

    /// <summary>The sums at one position.</summary>
    private sealed class Base
    {
        private long _position;
        private Sums _sums;

        public long MostFailures(long position)
        {
            var calls = Volatile.Read(ref _position) - position;
            return Volatile.Read(ref _sums.Failures) + Math.Abs(calls);
        }

        public Sums Read(out long position)
        {
            var sums = default(Sums);
            for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
            {
                sums.Slow[i] = Volatile.Read(ref _sums.Slow[i]);
            }

            position = Volatile.Read(ref _position);
            sums.Failures = Volatile.Read(ref _sums.Failures);
            sums.DurationTicks = Volatile.Read(ref _sums.DurationTicks);
            return sums;
        }

        public void Write(long position, in Sums sums)
        {
            for (var i = 0; i < FluxgateDefaults.MaxSlowThresholds; i++)
            {
                Volatile.Write(ref _sums.Slow[i], sums.Slow[i]);
            }

            Volatile.Write(ref _position, position);
            Volatile.Write(ref _sums.Failures, sums.Failures);
            Volatile.Write(ref _sums.DurationTicks, sums.DurationTicks);
        }
    }
}
