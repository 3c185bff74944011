namespace Fluxgate;

/// <summary>
/// A window that reads the ledger in which the phase counts its calls, so that each call is counted only once. This class contains all calls of
/// the phase: a time window while half-open, where calls do not expire (rule 4). Its subclasses contain the latest ones.
/// </summary>
/// <remarks>
/// A call is recorded in this order: <see cref="Advance"/>, count in the ledger, <see cref="Added"/>. Each recorded call has a position: its number
/// in the ledger, starting at 1. All objects of a phase share its window.
/// </remarks>
internal class LedgerWindow(Ledger ledger) : WindowState
{
    /// <summary>The position of a call that is unknown.</summary>
    public const long Unknown = 0;

    public Ledger Ledger { get; } = ledger;

    /// <summary>Returns the current timestamp of the window's clock; 0 if the window needs no clock.</summary>
    public virtual long Now() => 0;

    /// <summary>Removes expired calls.</summary>
    public virtual void Advance(long now) { }

    /// <summary>Adds a call that the ledger has just counted. Called for each call if the window stores each call, and otherwise for failures only.</summary>
    /// <param name="failed">Whether the call failed.</param>
    /// <param name="durationTicks">The duration of the call, in ticks of 100 ns.</param>
    /// <param name="reached">The number of slow thresholds that the call reached.</param>
    /// <returns>The call's position, or <see cref="Unknown"/>.</returns>
    public virtual long Added(bool failed, long durationTicks, int reached) => Unknown;

    /// <summary>Returns whether the window contained at least <paramref name="least"/> failures at a position, or contains them now if the position is unknown. It can return <see langword="true"/> too early, never too late.</summary>
    public virtual bool HoldsFailures(long position, long least) => true;

    /// <summary>Creates an alarm for the calls from now on.</summary>
    public virtual Alarm NewAlarm() => new(evaluatedAt: 0);

    /// <summary>Reads the current window.</summary>
    /// <param name="now">The current timestamp; see <see cref="Now"/>.</param>
    /// <param name="position">The position of the last call in the result.</param>
    public virtual CallCounts Read(long now, out long position)
    {
        var total = Ledger.Total().WithSlowCallsCapped();
        position = total.Requests;
        return total;
    }

    /// <summary>Reads the window as it was at an earlier position. If that is unknown, the result has at most as many failures and slow calls as the window had; by default none.</summary>
    /// <param name="now">The current timestamp; see <see cref="Now"/>.</param>
    /// <param name="position">The position.</param>
    /// <param name="alarm">The alarm, with the last evaluation before that position.</param>
    public virtual CallCounts ReadEarlier(long now, long position, Alarm alarm) => default;

    /// <summary>Returns what the window would contain if further calls had just been recorded.</summary>
    /// <param name="window">The window at a position.</param>
    /// <param name="position">The position.</param>
    /// <param name="further">The counts of the further calls, at most as many as the window's capacity.</param>
    public virtual CallCounts With(in CallCounts window, long position, in CallCounts further) => window + further;

    public sealed override CallCounts Read() => Read(Now(), out _);

    public sealed override void Record(in CallCounts call)
    {
        Advance(Now());
        var (failed, durationTicks) = (call.Failures != 0, Math.Min(call.DurationTicks, Clock.LongestTicks));
        var reached = Ledger.SlowThresholds.Reached(durationTicks);
        Ledger.TryCount(failed ? Ledger.Failures : Ledger.Successes);
        Ledger.AddDuration(durationTicks, reached);
        Added(failed, durationTicks, reached);
    }
}
