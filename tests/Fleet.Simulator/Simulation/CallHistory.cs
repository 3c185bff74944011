namespace Fluxgate.Simulation;

/// <summary>The sums of a member's recent calls, from the differences of its breaker's snapshots.</summary>
internal sealed class CallHistory(FleetRules rules, Member member, SteeredBreaker breaker)
{
    // Without a shared window, the recovery still needs recent calls.
    private readonly TimeSpan _window = rules.SharedWindow > TimeSpan.Zero ? rules.SharedWindow : rules.Interval * 5;
    private readonly List<(TimeSpan At, CallSums Closed, CallSums Returned, long Demand)> _intervals = [];
    private CallSums _total;
    private CallSums _sinceBegun;
    private long _demand;
    private long _phase = -1;

    /// <summary>Gets the calls of the shared window while closed.</summary>
    public CallSums Closed => _intervals.Aggregate(default(CallSums), (sum, interval) => sum + interval.Closed);

    /// <summary>Gets the calls of the shared window that were admitted in the recovery.</summary>
    public CallSums Returned => _intervals.Aggregate(default(CallSums), (sum, interval) => sum + interval.Returned);

    public bool HasTraffic => _intervals.Exists(interval => interval.Demand > 0);

    public bool OnlyFails => _sinceBegun.Failures > 0 && _sinceBegun.Failures == _sinceBegun.Requests;

    /// <summary>Adds the calls since the last exchange.</summary>
    public void Read(BreakerSnapshot snapshot, bool inRecovery)
    {
        var total = new CallSums(snapshot.Successes + snapshot.Failures, snapshot.Failures);
        var calls = new CallSums(total.Requests - _total.Requests, total.Failures - _total.Failures);
        // Only calls of the phase that is current: those before a transition belong to another state.
        var ofPhase = snapshot.PhaseNumber == _phase ? calls : new(snapshot.WindowRequests, snapshot.WindowFailures);
        var closed = breaker.State == BreakerState.Closed && !inRecovery ? ofPhase : default;
        var returned = inRecovery ? calls : default;
        _intervals.RemoveAll(interval => member.Clock.Elapsed - interval.At >= _window);
        _intervals.Add((member.Clock.Elapsed, closed, returned, member.Demand - _demand));
        (_total, _demand, _phase) = (total, member.Demand, snapshot.PhaseNumber);
        _sinceBegun = inRecovery ? _sinceBegun + calls : default;
    }

    public void ForgetReturned()
    {
        for (var i = 0; i < _intervals.Count; i++)
        {
            _intervals[i] = _intervals[i] with { Returned = default };
        }
    }

    public void ForgetRecovery()
    {
        ForgetReturned();
        _sinceBegun = default;
    }
}
