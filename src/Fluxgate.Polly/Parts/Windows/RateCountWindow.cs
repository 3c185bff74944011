namespace Fluxgate;

/// <summary>
/// A window of the last calls for rules that use failures only. It stores the positions of failed calls. A success needs no work here, and memory
/// grows with the number of failures, not with the window's size.
/// </summary>
internal sealed class RateCountWindow(Ledger ledger, int size) : LedgerWindow(ledger)
{
    private readonly FailureLog _log = new(ledger, size);

    public override long Added(bool failed, long durationTicks, int reached) => failed ? _log.Add() : Unknown;

    public override bool HoldsFailures(long position, long least) => least <= 0 || _log.Holds(position, least);

    public override Alarm NewAlarm() => new(_log.Calls);

    public override CallCounts Read(long now, out long position) => ReadAt(position = _log.Calls);

    public override CallCounts ReadEarlier(long now, long position, Alarm alarm) => ReadAt(position);

    private CallCounts ReadAt(long position) => new(Math.Min(position, size), _log.Read(position), 0, default);
}
