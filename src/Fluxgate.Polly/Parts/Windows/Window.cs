namespace Fluxgate;

/// <summary>
/// Which recent calls count: the last <see cref="Count"/> of them, or those of the last <see cref="Time"/>. An immutable description
/// that settings may share; each phase of a breaker starts a <see cref="WindowState"/> of its own.
/// </summary>
/// <remarks>Derive from it to write another window; see <see cref="WindowState"/> for what its state must do.</remarks>
public abstract partial class Window
{
    /// <summary>The last <paramref name="size"/> recorded calls.</summary>
    /// <param name="size">How many calls count, at least 1. Cost and memory do not depend on it, except that rules over durations keep each call: with those, at most 1,000,000.</param>
    /// <returns>The window. The default of a breaker is <c>Count(100)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static Window Count(int size) => new CountWindow(Require.Count(size));

    /// <summary>The calls of the last <paramref name="duration"/>, kept in buckets that forget on time, also when no calls come.</summary>
    /// <param name="duration">How long a call counts, greater than zero. The window covers between <c>duration · (buckets − 1) / buckets</c> and <c>duration</c>.</param>
    /// <param name="buckets">How many buckets it is kept in, 1 to 1000; 10 unless given. More buckets forget more smoothly.</param>
    /// <returns>The window.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive or too short for its buckets, or <paramref name="buckets"/> is out of range.</exception>
    /// <remarks>While the circuit is half-open a time window forgets nothing: at low traffic it would never hold enough probes.</remarks>
    public static Window Time(TimeSpan duration, int buckets = TimeWindow.DefaultBuckets) => new TimeWindow(duration, buckets);

    /// <summary>The most calls the window can ever hold, or <see langword="null"/> when there is no bound. A rule that asks for more can never fire and is refused.</summary>
    public virtual long? Capacity => null;

    /// <summary>Starts the window of one phase, empty.</summary>
    /// <param name="context">The phase's state and clock.</param>
    /// <returns>A fresh state that nothing else uses.</returns>
    public abstract WindowState Start(WindowContext context);

    /// <summary>The shortest time it tells apart; zero where nobody knows.</summary>
    internal virtual TimeSpan Resolution => TimeSpan.Zero;

    /// <summary>Whether another window remembers the same calls, so that a reconfigured phase may keep its own.</summary>
    internal virtual bool IsSame(Window other) => Equals(other);

    /// <summary>Starts a window that reads a phase's ledger instead of keeping calls itself, where the kind of window can; else <see langword="null"/>.</summary>
    internal virtual LedgerWindow? StartOn(Ledger ledger, Clock clock, BreakerState state) => null;
}
