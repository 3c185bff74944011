using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// Counters of 63 bits, striped over processors. One stripe at first; whoever loses exchanges again and again doubles them. Stripes that were
/// outgrown stay in every sum.
/// </summary>
internal sealed class Stripes
{
    /// <summary>So many lost exchanges are worth more stripes.</summary>
    public const int LostExchangesToGrow = 16;

    /// <summary>The bits of a word that count; the other one is the seal.</summary>
    public const long CountBits = long.MaxValue;

    /// <summary>In words of 8 bytes: two cache lines, since processors fetch them in pairs.</summary>
    private const int Line = 16;

    /// <summary>Before each stripe, so that no two of them, and nothing else, share a cache line.</summary>
    private const int Padding = 8;

    private static readonly int Most = (int)Math.Min(16, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly long[] _words;
    private readonly int _stride;
    private readonly Stripes? _outgrown;

    public Stripes(int words)
        : this((words + Padding + Line - 1) / Line * Line, count: 1, outgrown: null) { }

    private Stripes(int stride, int count, Stripes? outgrown)
    {
        _words = new long[stride * count];
        _stride = stride;
        _outgrown = outgrown;
        Count = count;
    }

    public int Count { get; }

    public bool CanGrow => Count < Most;

    /// <summary>The place of the stripe of the processor that runs this.</summary>
    public int Here
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Count == 1 ? Padding : PlaceOf(Thread.GetCurrentProcessorId() & (Count - 1));
    }

    public Stripes Doubled() => new(_stride, Count * 2, this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref long Slot(int word, int place) => ref _words[place + word];

    /// <summary>A counter's sum over all stripes, whatever stands in its sign bits.</summary>
    public long Sum(int word)
    {
        var sum = 0L;
        for (var stripes = this; stripes is not null; stripes = stripes._outgrown)
        {
            for (var stripe = 0; stripe < stripes.Count; stripe++)
            {
                sum += Volatile.Read(ref stripes.Slot(word, stripes.PlaceOf(stripe))) & CountBits;
            }
        }

        return sum;
    }

    /// <summary>Sets the sign bits of the first counters for good, and adds what they held to <paramref name="totals"/>.</summary>
    public void Seal(int words, Span<long> totals)
    {
        for (var stripes = this; stripes is not null; stripes = stripes._outgrown)
        {
            for (var stripe = 0; stripe < stripes.Count; stripe++)
            {
                for (var word = 0; word < words; word++)
                {
                    totals[word] += Interlocked.Or(ref stripes.Slot(word, stripes.PlaceOf(stripe)), ~CountBits) & CountBits;
                }
            }
        }
    }

    private int PlaceOf(int stripe) => (stripe * _stride) + Padding;
}
