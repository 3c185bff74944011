using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The counters of one phase, striped over processors. A word is a seal bit and a count, so one exchange both counts and detects that
/// the phase is over: a sealed word is frozen.
/// </summary>
/// <remarks>Adding takes no lock; growing and sealing, which are rare, exclude each other.</remarks>
internal sealed class Ledger(SlowThresholds slowThresholds, bool sumsDurations, Ledger? continues = null)
{
    public const int Started = 0;
    public const int Successes = 1;
    public const int Failures = 2;
    public const int Ignored = 3;
    public const int Rejected = 4;
    public const int Duration = 5;
    public const int Slow = 6;

    private readonly object _growth = new();
    private Stripes _stripes = new(Slow + slowThresholds.Count);
    private int _lostExchanges;
    private bool _sealed;
    private Carried? _carried = continues is null ? null : new(continues, null);

    /// <summary>The durations at which a call is slow.</summary>
    public SlowThresholds SlowThresholds { get; } = slowThresholds;

    /// <summary>Whether durations are added up, for rules that look at their mean.</summary>
    public bool SumsDurations { get; } = sumsDurations;

    /// <summary>Whether calls are measured at all.</summary>
    public bool IsMeasured { get; } = sumsDurations || slowThresholds.Count > 0;

    /// <summary>The words in use: 0 up to this.</summary>
    public int Words => Slow + SlowThresholds.Count;

    /// <summary>The calls that settled as a success or a failure.</summary>
    public long Recorded => Sum(Failures) + Sum(Successes);

    /// <summary>The word that counts a verdict.</summary>
    public static int WordOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Success => Successes,
            Verdict.Failure => Failures,
            _ => Ignored,
        };

    /// <summary>Adds one to a word.</summary>
    /// <returns><see langword="false"/> when the phase is over.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCount(int word)
    {
        var stripes = _stripes;
        ref var slot = ref stripes.Slot(word, stripes.Here);
        var seen = Volatile.Read(ref slot);
        return (seen >= 0 && Interlocked.CompareExchange(ref slot, seen + 1, seen) == seen) || TryAdd(word, 1);
    }

    /// <summary>Adds an amount to a word.</summary>
    /// <returns><see langword="false"/> when the phase is over.</returns>
    public bool TryAdd(int word, long amount)
    {
        while (true)
        {
            var stripes = _stripes;
            ref var slot = ref stripes.Slot(word, stripes.Here);
            var seen = Volatile.Read(ref slot);
            if (seen < 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref slot, seen + amount, seen) == seen)
            {
                return true;
            }

            GrowWhenContended();
        }
    }

    /// <summary>Adds the duration of a call that was counted, and how many thresholds it reached.</summary>
    /// <returns>What found the phase over meanwhile, and belongs into the breaker's totals.</returns>
    public Tally Measure(long durationTicks, int reached)
    {
        var lost = default(Tally.SlowCounts);
        for (var i = 0; i < reached; i++)
        {
            lost[i] = TryAdd(Slow + i, 1) ? 0 : 1;
        }

        return new(0, 0, !SumsDurations || TryAdd(Duration, durationTicks) ? 0 : durationTicks, lost);
    }

    /// <summary>Takes what a ledger before this one, for the same rule, could not.</summary>
    /// <returns>What this one cannot take either.</returns>
    public Tally MeasureLate(in Tally lost)
    {
        var rest = default(Tally.SlowCounts);
        for (var i = 0; i < SlowThresholds.Count; i++)
        {
            rest[i] = lost.Slow(i) == 0 || TryAdd(Slow + i, lost.Slow(i)) ? 0 : lost.Slow(i);
        }

        return new(0, 0, lost.DurationTicks == 0 || TryAdd(Duration, lost.DurationTicks) ? 0 : lost.DurationTicks, rest);
    }

    /// <summary>Adds what the phase has counted, in all the objects that it went on in; what is counted meanwhile may or may not be in it.</summary>
    public long Sum(int word)
    {
        var sum = Own(word);
        if (Volatile.Read(ref _carried) is { } carried)
        {
            sum += carried.Frozen is { } frozen ? frozen[word] : SumBefore(carried.Before!, word);
        }

        return sum;
    }

    /// <summary>Adds over all stripes of this ledger alone: what the totals do not hold yet.</summary>
    public long Own(int word) => Volatile.Read(ref _stripes).Sum(word);

    /// <summary>All recorded calls of the phase.</summary>
    public Tally Total()
    {
        var slow = default(Tally.SlowCounts);
        for (var i = 0; i < SlowThresholds.Count; i++)
        {
            slow[i] = Sum(Slow + i);
        }

        // What is divided is read before what it is divided by: a torn sum may be too small, and its caller asks again, but opens no circuit.
        var duration = SumsDurations ? Sum(Duration) : 0;
        var failures = Sum(Failures);
        return new(Sum(Successes) + failures, failures, duration, slow);
    }

    /// <summary>Ends counting and adds every word's final count to <paramref name="totals"/>. Once only.</summary>
    public void Seal(Span<long> totals)
    {
        lock (_growth)
        {
            _sealed = true;
            _stripes.Seal(Words, totals);
        }
    }

    /// <summary>Lets go of the sealed ledger that this one continues, and keeps its sums.</summary>
    public void Freeze()
    {
        if (_carried is { Before: { } before })
        {
            Volatile.Write(ref _carried, new(null, [.. Enumerable.Range(0, Words).Select(word => SumBefore(before, word))]));
        }
    }

    /// <summary>A word of the ledger before; its slow counts may stand in other words.</summary>
    private long SumBefore(Ledger before, int word)
    {
        if (word < Slow)
        {
            return before.Sum(word);
        }

        return before.SlowThresholds.IndexOf(SlowThresholds[word - Slow]) is >= 0 and var index ? before.Sum(Slow + index) : 0;
    }

    private void GrowWhenContended()
    {
        if (Interlocked.Increment(ref _lostExchanges) < Stripes.LostExchangesToGrow)
        {
            return;
        }

        lock (_growth)
        {
            if (!_sealed && _lostExchanges >= Stripes.LostExchangesToGrow && _stripes.CanGrow)
            {
                Volatile.Write(ref _stripes, _stripes.Doubled());
            }

            _lostExchanges = 0;
        }
    }

    /// <summary>What the phase counted before it went on in this ledger: another ledger, and its sums once it is sealed.</summary>
    private sealed record Carried(Ledger? Before, long[]? Frozen);
}
