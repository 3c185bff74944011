using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The counters of one phase, striped over processors. A word is a seal bit and a count, so one exchange both counts and detects that
/// the phase is over: a sealed word is frozen.
/// </summary>
/// <remarks>
/// Adding takes no lock; growing and sealing, which are rare, exclude each other. A phase keeps its ledger as long as it keeps its window; where
/// a reconfiguration replaces the window, the seal decides which calls belong to the old one.
/// </remarks>
internal sealed class Ledger(SlowThresholds slowThresholds, bool sumsDurations)
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
    private bool _sealing;
    private bool _sealed;

    /// <summary>The durations at which a call is slow.</summary>
    public SlowThresholds SlowThresholds { get; } = slowThresholds;

    /// <summary>Whether durations are added up, for rules that look at their mean.</summary>
    public bool SumsDurations { get; } = sumsDurations;

    /// <summary>Whether calls are timed at all.</summary>
    public bool IsMeasured { get; } = sumsDurations || slowThresholds.Count > 0;

    /// <summary>The words in use: 0 up to this.</summary>
    public int Words => Slow + SlowThresholds.Count;

    /// <summary>The calls that settled as a success or a failure.</summary>
    public long Recorded => Sum(Failures) + Sum(Successes);

    /// <summary>Whether every word has its final count.</summary>
    public bool IsSealed => Volatile.Read(ref _sealed);

    /// <summary>The word that counts a verdict.</summary>
    public static int WordOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Success => Successes,
            Verdict.Failure => Failures,
            _ => Ignored,
        };

    /// <summary>Adds one to a word.</summary>
    /// <returns><see langword="false"/> when the ledger is sealed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCount(int word)
    {
        var stripes = _stripes;
        ref var slot = ref stripes.Slot(word, stripes.Here);
        var seen = Volatile.Read(ref slot);
        return (seen >= 0 && Interlocked.CompareExchange(ref slot, seen + 1, seen) == seen) || TryAdd(word, 1);
    }

    /// <summary>Adds an amount to a word. A word that overflows begins again at 0, and never touches its seal.</summary>
    /// <returns><see langword="false"/> when the ledger is sealed.</returns>
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

            if (Interlocked.CompareExchange(ref slot, (seen + amount) & Stripes.CountBits, seen) == seen)
            {
                return true;
            }

            GrowWhenContended();
        }
    }

    /// <summary>Adds the duration of a call that was counted, and the slow thresholds that it reached.</summary>
    /// <returns>A bit for each threshold that found the ledger sealed, and belongs into the breaker's totals.</returns>
    public int Measure(long durationTicks, int reached)
    {
        var lost = 0;
        for (var i = 0; i < reached; i++)
        {
            lost |= TryAdd(Slow + i, 1) ? 0 : 1 << i;
        }

        if (SumsDurations)
        {
            TryAdd(Duration, durationTicks);
        }

        return lost;
    }

    /// <summary>Adds over all stripes. The sum of a word that only grows is the count of one moment during the call.</summary>
    public long Sum(int word) => Volatile.Read(ref _stripes).Sum(word);

    /// <summary>All recorded calls.</summary>
    public CallCounts Total()
    {
        var slow = default(CallCounts.SlowCounts);
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
            _sealing = true;
            _stripes.Seal(Words, totals);
            Volatile.Write(ref _sealed, true);
        }
    }

    private void GrowWhenContended()
    {
        if (Interlocked.Increment(ref _lostExchanges) < Stripes.LostExchangesToGrow)
        {
            return;
        }

        lock (_growth)
        {
            if (!_sealing && _lostExchanges >= Stripes.LostExchangesToGrow && _stripes.CanGrow)
            {
                Volatile.Write(ref _stripes, _stripes.Doubled());
            }

            _lostExchanges = 0;
        }
    }
}
