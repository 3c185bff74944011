namespace Fluxgate;

/// <summary>A window of the last calls with their durations, for rules that use durations.</summary>
internal sealed class MeasuredCountWindow : LedgerWindow
{
    private readonly int _size;
    private readonly CallRing _calls;

    public MeasuredCountWindow(Ledger ledger, int size)
        : this(ledger, size, new CallRing(size)) { }

    private MeasuredCountWindow(Ledger ledger, int size, CallRing calls)
        : base(ledger)
    {
        (_size, _calls) = (size, calls);
        Alarm = new(calls.Calls);
    }

    public override Alarm Alarm { get; }

    public override long Added(bool failed, long durationTicks, int reached) =>
        _calls.Add(failed, Ledger.SumsDurations ? durationTicks : 0, reached);

    public override bool HoldsFailures(long position, long least) =>
        _calls.MayHold(least, position) && _calls.Read(position).Failures >= least;

    public override CallCounts Read(long now, out long position) => _calls.Read(position = _calls.Calls);

    public override CallCounts ReadEarlier(long now, long position) => _calls.Read(position);

    // The further calls take the positions of the oldest ones.
    public override CallCounts With(in CallCounts window, long position, in CallCounts further)
    {
        var displaced = window.Requests + further.Requests - _size;
        return (displaced > 0 ? window - _calls.ReadOldest(position, displaced) : window) + further;
    }

    public override LedgerWindow WithNewAlarm() => new MeasuredCountWindow(Ledger, _size, _calls);
}
