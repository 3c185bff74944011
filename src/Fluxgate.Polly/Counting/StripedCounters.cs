using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>
/// A fixed number of counters of 63 bits, striped over processors. There is one stripe at first; lost exchanges double the stripes.
/// Outgrown stripes stay in every sum.
/// </summary>
/// <remarks>
/// Thread-safe. Counting takes no lock; growing and sealing are rare and exclude each other. The sign bit of a counter is its seal, so one
/// exchange both counts and detects the seal.
/// </remarks>
internal class StripedCounters
{
    private const long CountMask = long.MaxValue;
    private const int LostExchangesToGrow = 16;

    // In words of 8 bytes: two cache lines, because processors fetch them in pairs.
    private const int Line = 16;

    // The padding before each stripe, so that stripes share no cache line with each other or with other objects. The first padding contains the two words below.
    private const int Padding = 8;
    private const int MaskWord = 0;
    private const int StrideWord = 1;

    private static readonly int MostStripes = (int)Math.Min(16, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly byte _count;
    private long[] _words;
    private long[][] _outgrown = [];
    private int _lostExchanges;
    private bool _sealing;
    private bool _sealed;

    public StripedCounters(int count)
    {
        _count = (byte)count;
        _words = NewWords(stripes: 1);
    }

    /// <summary>Gets the number of counters.</summary>
    public int Count => _count;

    /// <summary>Gets whether every counter has its final value.</summary>
    public bool IsSealed => Volatile.Read(ref _sealed);

    /// <summary>Adds one to a counter.</summary>
    /// <returns><see langword="false"/> if the counters are sealed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCount(int counter)
    {
        ref var slot = ref Slot(_words, counter);
        var seen = Volatile.Read(ref slot);
        return (seen >= 0 && Interlocked.CompareExchange(ref slot, seen + 1, seen) == seen) || TryAdd(counter, 1);
    }

    /// <summary>Adds an amount to a counter. A counter that overflows starts again at 0 and never changes its seal.</summary>
    /// <returns><see langword="false"/> if the counters are sealed.</returns>
    public bool TryAdd(int counter, long amount)
    {
        while (true)
        {
            ref var slot = ref Slot(_words, counter);
            var seen = Volatile.Read(ref slot);
            if (seen < 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref slot, (seen + amount) & CountMask, seen) == seen)
            {
                return true;
            }

            GrowWhenContended();
        }
    }

    /// <summary>Returns a counter's sum over all stripes. The sum of a counter that only grows is its value at one moment during the call.</summary>
    public long Sum(int counter)
    {
        var words = Volatile.Read(ref _words);
        if (words[MaskWord] == 0)
        {
            return Volatile.Read(ref words[Padding + counter]) & CountMask;
        }

        var sum = SumOf(words, counter);
        foreach (var outgrown in Volatile.Read(ref _outgrown))
        {
            // Growth adds a generation to the outgrown ones before it becomes the current one.
            sum += ReferenceEquals(outgrown, words) ? 0 : SumOf(outgrown, counter);
        }

        return sum;
    }

    /// <summary>Ends counting and adds the final values to <paramref name="totals"/>. Call it once.</summary>
    public void Seal(Span<long> totals)
    {
        lock (this)
        {
            for (var counter = 0; counter < Count; counter++)
            {
                totals[counter] += Seal(counter);
            }

            Volatile.Write(ref _sealed, true);
        }
    }

    /// <summary>Ends counting in one counter and returns its final value. Guarded by the lock of this object.</summary>
    protected long Seal(int counter)
    {
        _sealing = true;
        var sum = 0L;
        for (var generation = 0; generation < Generations; generation++)
        {
            for (var stripe = 0; stripe < StripesOf(generation); stripe++)
            {
                sum += Interlocked.Or(ref Slot(generation, stripe, counter), ~CountMask) & CountMask;
            }
        }

        return sum;
    }

    /// <summary>Gets the number of arrays of stripes: the outgrown ones and the current one, which is the last. Guarded by the lock of this object.</summary>
    protected int Generations => _outgrown.Length + 1;

    /// <summary>Returns the number of stripes of a generation.</summary>
    protected int StripesOf(int generation) => (int)WordsOf(generation)[MaskWord] + 1;

    /// <summary>Returns a counter of one stripe.</summary>
    protected ref long Slot(int generation, int stripe, int counter)
    {
        var words = WordsOf(generation);
        return ref words[OffsetOf(words, stripe) + counter];
    }

    /// <summary>Returns a counter of the stripe of this processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref long Slot(int counter) => ref Slot(_words, counter);

    private long[] WordsOf(int generation) => generation < _outgrown.Length ? _outgrown[generation] : _words;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref long Slot(long[] words, int counter)
    {
        // Without checks of bounds: offsets of stripes and numbers of counters are not input.
        ref var mask = ref MemoryMarshal.GetArrayDataReference(words);
        var offset = mask == 0 ? Padding : OffsetHere(words);
        return ref Unsafe.Add(ref mask, (nint)(offset + counter));
    }

    // Not inlined: most counters have one stripe, and this keeps the callers small.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long OffsetHere(long[] words) => OffsetOf(words, Thread.GetCurrentProcessorId() & words[MaskWord]);

    private static long OffsetOf(long[] words, long stripe) => (stripe * words[StrideWord]) + Padding;

    private static long SumOf(long[] words, int counter)
    {
        var sum = 0L;
        for (var stripe = 0; stripe <= words[MaskWord]; stripe++)
        {
            sum += Volatile.Read(ref words[OffsetOf(words, stripe) + counter]) & CountMask;
        }

        return sum;
    }

    private long[] NewWords(long stripes)
    {
        // A single stripe needs no padding at its end.
        var stride = (Count + Padding + Line - 1) / Line * Line;
        var words = new long[stripes == 1 ? Padding + Count : stride * stripes];
        (words[MaskWord], words[StrideWord]) = (stripes - 1, stride);
        return words;
    }

    /// <summary>Counts a lost exchange, and doubles the stripes after some of them.</summary>
    protected void GrowWhenContended()
    {
        if (Interlocked.Increment(ref _lostExchanges) < LostExchangesToGrow)
        {
            return;
        }

        lock (this)
        {
            var stripes = _words[MaskWord] + 1;
            if (!_sealing && _lostExchanges >= LostExchangesToGrow && stripes < MostStripes)
            {
                Volatile.Write(ref _outgrown, [.. _outgrown, _words]);
                Volatile.Write(ref _words, NewWords(stripes * 2));
            }

            _lostExchanges = 0;
        }
    }
}
