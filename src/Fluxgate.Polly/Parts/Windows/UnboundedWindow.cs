namespace Fluxgate;

/// <summary>A window of all calls of the phase. A time window becomes one while half-open, where calls do not expire (rule 4).</summary>
internal sealed class UnboundedWindow(Ledger ledger) : LedgerWindow(ledger)
{
    public override CallCounts Read(long now, out long position)
    {
        var total = Ledger.Total().WithSlowCallsCapped();
        position = total.Requests;
        return total;
    }
}
