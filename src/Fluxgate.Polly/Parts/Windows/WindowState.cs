namespace Fluxgate;

/// <summary>The calls that one phase of one breaker remembers.</summary>
/// <remarks>
/// Called from many threads at once, so it must be thread-safe; the breaker holds no lock around it. An exception means that the call is
/// not recorded (or the window reads as empty); it is counted and reported as a user error, and the caller never sees it.
/// </remarks>
/// <example>
/// A window that never forgets:
/// <code>
/// sealed class Ever : Window
/// {
///     public override WindowState Start(WindowContext context) => new Sum();
///
///     sealed class Sum : WindowState
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
    /// <summary>Takes in one call that has settled as a success or a failure.</summary>
    /// <param name="call">The call as a tally of one.</param>
    public abstract void Record(in CallCounts call);

    /// <summary>Adds up what counts at this moment.</summary>
    /// <returns>The sum over the calls in the window.</returns>
    public abstract CallCounts Read();
}
