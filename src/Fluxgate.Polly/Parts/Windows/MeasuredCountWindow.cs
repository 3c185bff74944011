namespace Fluxgate;

/// <summary>A window of the last calls with their durations, for rules that use durations.</summary>
internal sealed class MeasuredCountWindow : LedgerWindow
{
    private readonly CallRing _calls;

    public MeasuredCountWindow(Ledger ledger, int size)
        : this(ledger, new CallRing(size)) { }

    private MeasuredCountWindow(Ledger ledger, CallRing calls)
        : base(ledger)
    {
        _calls = calls;
        Alarm = new(calls.Calls);
    }

    public override Alarm Alarm { get; }

    public override long Added(bool failed, long durationTicks, int reached) =>
        _calls.Add(failed, Ledger.SumsDurations ? durationTicks : 0, reached);

    public override bool HoldsFailures(long place, long least) => _calls.MayHold(least, place) && _calls.Read(place).Failures >= least;

    public override CallCounts Read(long now, out long place) => _calls.Read(place = _calls.Calls);

    public override CallCounts ReadEarlier(long now, long place) => _calls.Read(place);

    public override LedgerWindow WithNewAlarm() => new MeasuredCountWindow(Ledger, _calls);
}
