namespace Fluxgate;

/// <summary>A window of all calls of the phase. A time window becomes one while half-open, where calls do not expire (rule 4).</summary>
internal sealed class UnboundedWindow(Ledger ledger) : LedgerWindow(ledger)
{
    public override Alarm Alarm { get; } = new(evaluatedAt: 0);

    public override bool HoldsFailures(long place, long least) => Ledger.Sum(Ledger.Failures) >= least;

    public override CallCounts Read(long now, out long place)
    {
        var total = Ledger.Total().WithSlowCallsCapped();
        place = total.Requests;
        return total;
    }

    // Probes are recorded one at a time, so an earlier place is never read.
    public override CallCounts ReadEarlier(long now, long place) => default;

    public override LedgerWindow WithNewAlarm() => new UnboundedWindow(Ledger);
}
