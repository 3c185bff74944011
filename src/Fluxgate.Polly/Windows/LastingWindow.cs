namespace Fluxgate;

/// <summary>All calls of the phase: what a time window is while half-open, where nothing expires (rule 4).</summary>
internal sealed class LastingWindow(Ledger ledger, Tally start) : LedgerWindow(ledger)
{
    public LastingWindow(Ledger ledger)
        : this(ledger, ledger.Total()) { }

    public override Alarm Alarm { get; } = new();

    public override bool HoldsFailures(long least) => Ledger.Sum(Ledger.Failures) - start.Failures >= least;

    public override Tally Read(long now) => Ledger.Total() - start;

    public override LedgerWindow Continue(Ledger next) => new LastingWindow(next, start);
}
