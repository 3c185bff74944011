using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The numbers of calls of the most recent epochs, striped over processors. Each counter contains the tag of its epoch, so one exchange both
/// counts and detects that the epoch is not open.
/// </summary>
/// <remarks>Thread-safe. Counting takes no lock. Everything else is guarded by the lock of this object, which excludes growth too.</remarks>
internal abstract class EpochCounters() : StripedCounters(MostOpen)
{
    // In one stripe, more calls can end than start, so a counter has a bias. The tag repeats after 16 million epochs.
    private const int CountBits = 38;
    private const long CountMask = (1L << CountBits) - 1;
    private const long Bias = 1L << (CountBits - 1);
    private const long TagMask = (1L << (63 - CountBits)) - 1;

    /// <summary>The most epochs that are open at once. A power of two, so that a mask selects the counter.</summary>
    protected const int MostOpen = 16;

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
        for (var stripe = 0; stripe < StripesOf(Generations - 1); stripe++)
        {
            ref var slot = ref Slot(Generations - 1, stripe, SlotOf(epoch));
            if (slot >> CountBits != TagOf(epoch))
            {
                Volatile.Write(ref slot, (TagOf(epoch) << CountBits) | Bias);
            }
        }
    }

    /// <summary>Removes a call of an open epoch, in any stripe.</summary>
    /// <returns><see langword="false"/> if the epoch is not open.</returns>
    protected bool TryRemove(long epoch)
    {
        for (var generation = 0; generation < Generations; generation++)
        {
            ref var slot = ref Slot(generation, 0, SlotOf(epoch));
            while (Volatile.Read(ref slot) is var seen && seen >> CountBits == TagOf(epoch))
            {
                if (Interlocked.CompareExchange(ref slot, seen - 1, seen) == seen)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Closes an epoch and returns its number of calls; 0 if it is not open.</summary>
    protected long CloseEpoch(long epoch)
    {
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

        return calls;
    }

    /// <summary>Returns the number of calls of an epoch; 0 if it is not open.</summary>
    protected long CallsOf(long epoch)
    {
        var calls = 0L;
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
