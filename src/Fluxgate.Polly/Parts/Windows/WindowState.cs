namespace Fluxgate;

/// <summary>The window of one phase of one breaker.</summary>
/// <remarks>
/// Many threads call it at once, so it must be thread-safe. The breaker holds no lock. When it throws, the call is not recorded, or the window
/// reads as empty. The error is counted and reported, and does not reach the caller.
/// </remarks>
/// <example>
/// A window in which calls never expire:
/// <code>
/// sealed class Ever : Window
/// {
///     public override WindowState Start(WindowContext context) => new Total();
///
///     sealed class Total : WindowState
///     {
///         readonly object _gate = new();
///         CallCounts _sum;
///         public override void Record(in CallCounts call) { lock (_gate) _sum += call; }
///         public override CallCounts Read() { lock (_gate) return _sum; }
///     }
/// }
/// </code>
/// </example>
public abstract class WindowState
{
    /// <summary>Records a call that has settled as a success or a failure.</summary>
    /// <param name="call">The counts of this one call.</param>
    public abstract void Record(in CallCounts call);

    /// <summary>Reads the window.</summary>
    /// <returns>The sum of the calls that are in the window now.</returns>
    public abstract CallCounts Read();
}
