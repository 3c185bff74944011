namespace Fluxgate;

/// <summary>A window that reads the ledger in which a phase counts its calls anyway, so that recording a call costs nothing twice.</summary>
/// <remarks>
/// The order of a recording: <see cref="Advance"/>, count in the ledger, <see cref="Added"/>, look at <see cref="Alarm"/>. Each recorded call has a
/// place, counted from 1 with the ledger.
/// </remarks>
internal abstract class LedgerWindow(Ledger ledger) : WindowState
{
    /// <summary>The place of a call that no one noted.</summary>
    public const long Unknown = 0;

    public Ledger Ledger { get; } = ledger;

    /// <summary>Says from when on the tripper must be evaluated.</summary>
    public abstract Alarm Alarm { get; }

    /// <summary>Reads the clock that the window works with; 0 where it needs none.</summary>
    public virtual long Now() => 0;

    /// <summary>Forgets what is over.</summary>
    public virtual void Advance(long now) { }

    /// <summary>Notes a call that the ledger has just counted. Where calls are not timed it is called for failures only.</summary>
    /// <param name="failed">Whether the call failed.</param>
    /// <param name="durationTicks">How long it took.</param>
    /// <param name="reached">How many of the slow thresholds it reached.</param>
    /// <returns>The call's place, or <see cref="Unknown"/>.</returns>
    public virtual long Added(bool failed, long durationTicks, int reached) => Unknown;

    /// <summary>Whether the window held at least so many failures at a place, or holds them now where the place is unknown. May be too eager.</summary>
    public abstract bool HoldsFailures(long place, long least);

    /// <summary>Reads the window as it is.</summary>
    /// <param name="now">See <see cref="Now"/>.</param>
    /// <param name="place">The place of the last call that was read.</param>
    public abstract CallCounts Read(long now, out long place);

    /// <summary>Reads the window as it was at an earlier place. Where nobody knows that, no more failures and slow calls than there surely were.</summary>
    public abstract CallCounts ReadEarlier(long now, long place);

    /// <summary>The same window with an alarm of its own, for other rules.</summary>
    public abstract LedgerWindow WithNewAlarm();

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
