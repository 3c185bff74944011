namespace Fluxgate;

/// <summary>A window of the last calls with their durations, for rules that use durations.</summary>
internal sealed class MeasuredCountWindow(Ledger ledger, int size) : LedgerWindow(ledger)
{
    private readonly CallRing _calls = new(size);

    public override long Added(bool failed, long durationTicks, int reached) =>
        _calls.Add(failed, Ledger.SumsDurations ? durationTicks : 0, reached);

    public override bool HoldsFailures(long position, long least) =>
        _calls.MayHold(least, position) && _calls.Read(position).Failures >= least;

    public override Alarm NewAlarm() => new(_calls.Calls);

    public override CallCounts Read(long now, out long position) => _calls.Read(position = _calls.Calls);

    public override CallCounts ReadEarlier(long now, long position, Alarm alarm) => _calls.Read(position);

    // The further calls take the positions of the oldest ones.
    public override CallCounts With(in CallCounts window, long position, in CallCounts further)
    {
        var displaced = window.Requests + further.Requests - size;
        return displaced <= 0 ? window + further
            : _calls.TryReadOldest(position, displaced, out var oldest) ? window - oldest + further
            // Many calls came meanwhile. The rule is evaluated again after them.
            : window;
    }
}
