namespace Fluxgate;

/// <summary>
/// A window of the last calls for rules that use failures only. It stores the positions of failed calls. A success needs no work here, and memory
/// grows with the number of failures, not with the window's size.
/// </summary>
internal sealed class RateCountWindow : LedgerWindow
{
    private readonly int _size;
    private readonly FailureLog _log;

    public RateCountWindow(Ledger ledger, int size)
        : this(ledger, size, new(ledger, size)) { }

    private RateCountWindow(Ledger ledger, int size, FailureLog log)
        : base(ledger)
    {
        (_size, _log) = (size, log);
        Alarm = new(log.Calls);
    }

    public override Alarm Alarm { get; }

    public override long Added(bool failed, long durationTicks, int reached) => failed ? _log.Add() : Unknown;

    public override bool HoldsFailures(long position, long least) => least <= 0 || _log.Holds(position, least);

    public override CallCounts Read(long now, out long position) => ReadEarlier(now, position = _log.Calls);

    public override CallCounts ReadEarlier(long now, long position) => new(Math.Min(position, _size), _log.Read(position), 0, default);

    public override LedgerWindow WithNewAlarm() => new RateCountWindow(Ledger, _size, _log);
}
