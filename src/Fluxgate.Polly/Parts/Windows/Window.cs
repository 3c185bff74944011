namespace Fluxgate;

/// <summary>
/// The recent calls that a rule evaluates: the last calls (<see cref="Count"/>), or the calls of a recent period (<see cref="Time"/>). An
/// immutable description that settings can share. Each phase of a breaker starts its own <see cref="WindowState"/>.
/// </summary>
/// <remarks>Derive from this class to write another window. <see cref="WindowState"/> describes the requirements of its state.</remarks>
public abstract partial class Window
{
    /// <summary>Creates a window of the last <paramref name="size"/> recorded calls.</summary>
    /// <param name="size">The number of calls, at least 1; with a rule that uses durations, at most 1,000,000. Speed does not depend on the size. Memory depends on it only if the rule uses durations, because the window then stores each call.</param>
    /// <returns>The window. The default of a breaker is <c>Count(100)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static Window Count(int size) => new CountWindow(Require.Count(size));

    /// <summary>Creates a window of the calls of the last <paramref name="duration"/>. It consists of buckets, which expire on time even if there are no calls.</summary>
    /// <param name="duration">The period, greater than zero. The window covers between <c>duration · (buckets − 1) / buckets</c> and <c>duration</c>.</param>
    /// <param name="buckets">The number of buckets, 1 to 1000; 10 by default. With more buckets, calls expire in smaller steps.</param>
    /// <returns>The window.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive or too short for its buckets, or <paramref name="buckets"/> is out of range.</exception>
    /// <remarks>While the circuit is half-open, calls do not expire: with little traffic, the window would never contain enough probes.</remarks>
    public static Window Time(TimeSpan duration, int buckets = TimeWindow.DefaultBuckets) => new TimeWindow(duration, buckets);

    /// <summary>Gets the most calls that the window can contain, or <see langword="null"/> if there is no limit. A rule that requires more calls can never fire and is invalid.</summary>
    public virtual long? Capacity => null;

    /// <summary>Starts an empty window for one phase.</summary>
    /// <param name="context">The phase's state and clock.</param>
    /// <returns>A new state that is not used elsewhere.</returns>
    public abstract WindowState Start(WindowContext context);

    /// <summary>Gets the shortest time span that affects the window; zero if it is unknown.</summary>
    internal virtual TimeSpan Resolution => TimeSpan.Zero;

    /// <summary>Returns whether another window contains the same calls, so that a reconfigured phase can keep its window.</summary>
    internal virtual bool IsEquivalentTo(Window other) => ReferenceEquals(this, other);

    /// <summary>Starts a window that reads the ledger of a phase instead of counting calls itself. Returns <see langword="null"/> if this kind of window cannot.</summary>
    internal virtual LedgerWindow? StartOn(Ledger ledger, Clock clock, BreakerState state) => null;
}
