namespace Fluxgate;

/// <summary>All calls of the phase: what a time window is while half-open, where nothing expires (rule 4).</summary>
internal sealed class LastingWindow(Ledger ledger) : LedgerWindow(ledger)
{
    public override Alarm Alarm { get; } = new(asked: 0);

    public override bool HoldsFailures(long place, long least) => Ledger.Sum(Ledger.Failures) >= least;

    public override CallCounts Read(long now, out long place)
    {
        var total = Ledger.Total().WithSlowCallsAmongAll();
        place = total.Requests;
        return total;
    }

    // Probes are recorded one at a time, so nobody reads an earlier place.
    public override CallCounts ReadEarlier(long now, long place) => default;

    public override LedgerWindow WithNewAlarm() => new LastingWindow(Ledger);
}
