namespace Fluxgate;

/// <summary>
/// The last so many calls, for rules that look at failures only: it keeps which calls failed, by their number in the phase. A success
/// costs nothing here, and memory grows with failures, not with the window.
/// </summary>
internal sealed class RateCountWindow : LedgerWindow
{
    private readonly int _size;
    private readonly FailureLog _log;
    private readonly long _start;

    public RateCountWindow(Ledger ledger, int size)
        : base(ledger) => (_size, _log, _start) = (size, new(size), ledger.Recorded);

    private RateCountWindow(Ledger ledger, RateCountWindow before)
        : base(ledger) => (_size, _log, _start) = (before._size, before._log, before._start);

    public override Alarm Alarm { get; } = new();

    public override void Added(bool failed, long durationTicks, int reached)
    {
        if (failed)
        {
            _log.Add(Ledger);
        }
    }

    public override bool HoldsFailures(long least) => least <= 0 || _log.Holds(Ledger, _start, least);

    public override Tally Read(long now)
    {
        var (failures, calls) = _log.Read(Ledger, _start);
        return new(Math.Min(calls - _start, _size), failures, 0, default);
    }

    public override LedgerWindow Continue(Ledger next) => new RateCountWindow(next, this);
}
