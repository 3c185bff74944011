namespace Fluxgate;

/// <summary>A window of all calls of the phase. A time window becomes one while half-open, where calls do not expire (rule 4).</summary>
internal sealed class UnboundedWindow(Ledger ledger) : LedgerWindow(ledger)
{
    public override Alarm Alarm { get; } = new(evaluatedAt: 0);

    public override bool HoldsFailures(long position, long least) => Ledger.Sum(Ledger.Failures) >= least;

    public override CallCounts Read(long now, out long position)
    {
        var total = Ledger.Total().WithSlowCallsCapped();
        position = total.Requests;
        return total;
    }

    public override LedgerWindow WithNewAlarm() => this;
}
