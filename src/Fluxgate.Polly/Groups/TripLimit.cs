namespace Fluxgate;

/// <summary>Counts the circuits of a group that are open or half-open, and limits their number (<see cref="BreakerGroupOptions.MaxOpenRatio"/>).</summary>
/// <remarks>A half-open circuit may re-open at any time, so it counts as if it were open.</remarks>
internal sealed class TripLimit
{
    // So that 29% of 100 circuits are 29 in spite of rounding.
    private const double Rounding = 1e-9;

    private int _tripped;
    private int _idle;

    public int Tripped => Volatile.Read(ref _tripped);

    /// <summary>Counts a circuit as tripped, unless too many are.</summary>
    /// <param name="ratio">The largest ratio of the circuits, or <see langword="null"/> for no limit.</param>
    /// <param name="circuits">The number of circuits with traffic.</param>
    /// <param name="tripped">The number of tripped circuits with traffic, without this one.</param>
    public bool TryClaim(double? ratio, int circuits, out int tripped)
    {
        var most = ratio is { } limit ? Math.Max(1, (int)((limit * circuits) + Rounding)) : int.MaxValue;
        while (true)
        {
            var all = Tripped;
            tripped = Math.Max(0, all - Volatile.Read(ref _idle));
            if (tripped >= most)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _tripped, all + 1, all) == all)
            {
                return true;
            }
        }
    }

    /// <summary>Adds to the number of tripped circuits without traffic, which do not count.</summary>
    public void AddIdle(int circuits) => Interlocked.Add(ref _idle, circuits);

    public void Return() => Interlocked.Decrement(ref _tripped);

    public void OnTransition(BreakerState from, BreakerState to)
    {
        if (IsTripped(from) != IsTripped(to))
        {
            Interlocked.Add(ref _tripped, IsTripped(to) ? 1 : -1);
        }
    }

    public static bool IsTripped(BreakerState state) => state is BreakerState.Open or BreakerState.HalfOpen;
}
