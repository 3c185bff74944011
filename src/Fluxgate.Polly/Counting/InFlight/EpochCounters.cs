using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The calls in flight of the most recent epochs, by the epoch in which they started, striped over processors. The counter of an epoch counts down
/// when one of its calls ends. It contains the tag of the epoch, so one exchange both counts and detects that the epoch is not open. The starts in even
/// and in odd epochs have one counter each. They belong to the latest epoch of their kind, and are added to its counter when another one is opened.
/// </summary>
/// <remarks>
/// Thread-safe. Counting takes no lock. Everything else is guarded by the lock of this object, which excludes growth too. A call that is delayed at its
/// start for more than an epoch can count up a later epoch than the one that it counts down. An epoch with fewer calls than none passes the
/// difference on to the next one.
/// </remarks>
internal abstract class EpochCounters() : StripedCounters(MostOpen + 2)
{
    // In one stripe, more calls can end than start, so a counter has a bias. The tag repeats after 16 million epochs.
    private const int CountBits = 38;
    private const long CountMask = (1L << CountBits) - 1;
    private const long Bias = 1L << (CountBits - 1);
    private const long TagMask = (1L << (63 - CountBits)) - 1;

    /// <summary>The most epochs that are open at once. A power of two, so that a mask selects the counter.</summary>
    protected const int MostOpen = 16;

    // The starts in even and in odd epochs that were added to epochs.
    private long _addedEven;
    private long _addedOdd;
    private long _newest;

    /// <summary>Gets the newest epoch that was opened. Needs no lock.</summary>
    protected long Newest => Volatile.Read(ref _newest);

    /// <summary>Gets the number of calls that have started.</summary>
    public long Started => Sum(StartsOf(0)) + Sum(StartsOf(1));

    /// <summary>Ends the counting of starts, and returns their final number.</summary>
    public long SealStarted()
    {
        lock (this)
        {
            return Seal(StartsOf(0)) + Seal(StartsOf(1));
        }
    }

    /// <summary>Counts the start of a call.</summary>
    /// <returns><see langword="false"/> if the epoch is not open, at least in the stripe of this processor, or if starts are sealed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected bool TryStart(long epoch)
    {
        ref var slot = ref Slot(SlotOf(epoch));
        var tag = TagOf(epoch);
        if (Volatile.Read(ref slot) >> CountBits != tag || !TryCount(StartsOf(epoch)))
        {
            return false;
        }

        if (Volatile.Read(ref slot) >> CountBits != tag)
        {
            OnStartedInClosedEpoch();
        }

        return true;
    }

    /// <summary>Opens an epoch for a call that was counted just after its own was closed, so that the call is found.</summary>
    protected abstract void OnStartedInClosedEpoch();

    /// <summary>Adds to the number of calls of an epoch.</summary>
    /// <returns><see langword="false"/> if the epoch is not open, at least in the stripe of this processor.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected bool TryAdd(long epoch, int calls)
    {
        ref var slot = ref Slot(SlotOf(epoch));
        var seen = Volatile.Read(ref slot);
        return seen >> CountBits == TagOf(epoch)
            && (Interlocked.CompareExchange(ref slot, seen + calls, seen) == seen || TryAddContended(epoch, calls));
    }

    /// <summary>Opens an epoch in all stripes. Its counter must not belong to another open epoch.</summary>
    protected void OpenEpoch(long epoch)
    {
        if (LatestOpen(epoch) is { } before)
        {
            TryAddInLock(before, TakeStarts(epoch));
        }

        for (var stripe = 0; stripe < StripesOf(Generations - 1); stripe++)
        {
            ref var slot = ref Slot(Generations - 1, stripe, SlotOf(epoch));
            if (slot >> CountBits != TagOf(epoch))
            {
                Volatile.Write(ref slot, (TagOf(epoch) << CountBits) | Bias);
            }
        }

        Volatile.Write(ref _newest, epoch);
        if (LatestOpen(epoch - 1) is null)
        {
            // Calls that were counted after their epoch was closed are just starting.
            TryAddInLock(epoch, TakeStarts(epoch - 1));
        }
    }

    /// <summary>Adds to the number of calls of an open epoch, in any stripe.</summary>
    /// <returns><see langword="false"/> if the epoch is not open.</returns>
    protected bool TryAddInLock(long epoch, long calls)
    {
        for (var generation = 0; generation < Generations; generation++)
        {
            ref var slot = ref Slot(generation, 0, SlotOf(epoch));
            while (Volatile.Read(ref slot) is var seen && seen >> CountBits == TagOf(epoch))
            {
                if (Interlocked.CompareExchange(ref slot, seen + calls, seen) == seen)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Adds to the number of calls of the first open epoch, from a given one on.</summary>
    /// <returns><see langword="false"/> if none is open.</returns>
    protected bool TryAddFrom(long epoch, long calls)
    {
        for (var open = Math.Max(epoch, Newest - MostOpen + 1); open <= Newest; open++)
        {
            if (TryAddInLock(open, calls))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Closes an epoch and returns its number of calls; 0 if it is not open. If calls of it were added to a later one, the number can be negative.</summary>
    protected long CloseEpoch(long epoch)
    {
        var hasStarts = LatestOpen(epoch) == epoch;
        var calls = 0L;
        for (var generation = 0; generation < Generations; generation++)
        {
            for (var stripe = 0; stripe < StripesOf(generation); stripe++)
            {
                // A call that ends after this exchange finds the epoch closed, and waits for the lock.
                ref var slot = ref Slot(generation, stripe, SlotOf(epoch));
                calls += Volatile.Read(ref slot) >> CountBits == TagOf(epoch) ? CallsIn(Interlocked.Exchange(ref slot, 0)) : 0;
            }
        }

        return hasStarts ? calls + TakeStarts(epoch) : calls;
    }

    /// <summary>Takes the starts that were not added to an epoch.</summary>
    protected long TakeStarts() => TakeStarts(0) + TakeStarts(1);

    /// <summary>Returns the open epochs of which calls are in flight, the oldest first.</summary>
    protected IEnumerable<(long Epoch, long Calls)> InOpenEpochs()
    {
        var calls = 0L;
        for (var epoch = Newest - MostOpen + 1; epoch <= Newest; epoch++)
        {
            calls = Math.Min(calls, 0) + CallsOf(epoch);
            if (calls > 0)
            {
                yield return (epoch, calls);
            }
        }
    }

    private long CallsOf(long epoch)
    {
        // The starts are read before the ends, so that a call that comes and goes meanwhile is not in flight.
        var calls = LatestOpen(epoch) == epoch ? StartsToAdd(epoch) : 0;
        for (var generation = 0; generation < Generations; generation++)
        {
            for (var stripe = 0; stripe < StripesOf(generation); stripe++)
            {
                var word = Volatile.Read(ref Slot(generation, stripe, SlotOf(epoch)));
                calls += word >> CountBits == TagOf(epoch) ? CallsIn(word) : 0;
            }
        }

        return calls;
    }

    /// <summary>Returns the latest open epoch that is even or odd like a given one; <see langword="null"/> if none is open.</summary>
    private long? LatestOpen(long kind)
    {
        for (var epoch = Newest - ((Newest ^ kind) & 1); epoch > Newest - MostOpen; epoch -= 2)
        {
            if (IsOpen(epoch))
            {
                return epoch;
            }
        }

        return null;
    }

    private bool IsOpen(long epoch)
    {
        for (var generation = 0; generation < Generations; generation++)
        {
            if (Volatile.Read(ref Slot(generation, 0, SlotOf(epoch))) >> CountBits == TagOf(epoch))
            {
                return true;
            }
        }

        return false;
    }

    private long StartsToAdd(long kind) => Sum(StartsOf(kind)) - Added(kind);

    private long TakeStarts(long kind)
    {
        var starts = StartsToAdd(kind);
        Added(kind) += starts;
        return starts;
    }

    private ref long Added(long kind) => ref (kind & 1) == 0 ? ref _addedEven : ref _addedOdd;

    private static int StartsOf(long epoch) => MostOpen + (int)(epoch & 1);

    private static int SlotOf(long epoch) => (int)epoch & (MostOpen - 1);

    private static long CallsIn(long word) => (word & CountMask) - Bias;

    // Odd, so that no tag equals an empty counter.
    private static long TagOf(long epoch) => ((epoch << 1) | 1) & TagMask;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAddContended(long epoch, int calls)
    {
        while (true)
        {
            GrowWhenContended();
            ref var slot = ref Slot(SlotOf(epoch));
            var seen = Volatile.Read(ref slot);
            if (seen >> CountBits != TagOf(epoch))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref slot, seen + calls, seen) == seen)
            {
                return true;
            }
        }
    }
}
