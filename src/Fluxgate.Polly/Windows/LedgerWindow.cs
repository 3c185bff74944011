namespace Fluxgate;

/// <summary>A window that reads the ledger in which a phase counts its calls anyway, so that recording a call costs nothing twice.</summary>
/// <remarks>The order of a recording: <see cref="Advance"/>, count in the ledger, <see cref="Added"/>, look at <see cref="Alarm"/>.</remarks>
internal abstract class LedgerWindow(Ledger ledger) : WindowState
{
    public Ledger Ledger { get; } = ledger;

    /// <summary>Says from when on the tripper must be asked.</summary>
    public abstract Alarm Alarm { get; }

    /// <summary>A reading of the clock that the window works with, or 0 where it needs none.</summary>
    /// <param name="timestamp">The clock's timestamp where the caller has read it already, else 0.</param>
    public virtual long Now(long timestamp) => 0;

    /// <summary>Forgets what is over.</summary>
    public virtual void Advance(long now) { }

    /// <summary>Notes a call that the ledger has just counted. Where calls are not measured it is called for failures only.</summary>
    /// <param name="failed">Whether the call failed.</param>
    /// <param name="durationTicks">How long it took.</param>
    /// <param name="reached">How many of the slow thresholds it reached.</param>
    public virtual void Added(bool failed, long durationTicks, int reached) { }

    /// <summary>Whether the window holds at least so many failures.</summary>
    public abstract bool HoldsFailures(long least);

    public abstract Tally Read(long now);

    /// <summary>The same window on the ledger in which its phase goes on, with an alarm of its own.</summary>
    public abstract LedgerWindow Continue(Ledger next);

    public sealed override Tally Read() => Read(Now(0));

    public sealed override void Record(in Tally call)
    {
        Advance(Now(0));
        var (failed, durationTicks) = (call.Failures != 0, Math.Min(call.DurationTicks, Clock.LongestTicks));
        var reached = Ledger.SlowThresholds.Reached(durationTicks);
        Ledger.TryCount(failed ? Ledger.Failures : Ledger.Successes);
        Ledger.Measure(durationTicks, reached);
        Added(failed, durationTicks, reached);
    }
}
