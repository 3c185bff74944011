namespace Fluxgate;

/// <content>The evaluation of the tripper, on the window and with the overdue calls.</content>
internal sealed partial class ClosedPhase
{
    // The maximum number of earlier positions that one evaluation covers.
    private const int MaxPositions = 64;

    public override Signal? Reevaluate(Phase from, long failures, TripHint hint) =>
        Evaluate(LedgerWindow.Unknown, from is ClosedPhase other && other._streak.IsSame(_streak) ? failures : 0, _window.Now(), hint);

    /// <summary>Evaluates the tripper after more calls became overdue, in the latest object of the phase: after a would-trip, this one knows no overdue calls.</summary>
    public Signal? EvaluateOverdue()
    {
        var latest = Machine.Latest(this) as ClosedPhase ?? this;
        return latest.Evaluate(LedgerWindow.Unknown, failures: 0, latest._window.Now(), hint: default);
    }

    /// <summary>Evaluates the tripper, and sets the alarm for the next evaluation.</summary>
    /// <param name="position">The position of the recorded call, or <see cref="LedgerWindow.Unknown"/>.</param>
    /// <param name="failures">The failures in a row at that position; 0 if the call did not fail.</param>
    /// <param name="windowNow">The window's reading of the clock.</param>
    /// <param name="hint">What the call says about the trip that it may cause.</param>
    private Signal? Evaluate(long position, long failures, long windowNow, TripHint hint)
    {
        if (IsReconfigured && !Machine.IsCurrent(this))
        {
            return Machine.ReevaluateLatest(this, failures, hint);
        }

        if (_tripper is null)
        {
            return null;
        }

        while (true)
        {
            var alarm = CurrentAlarm;
            var seen = alarm.Word;
            var window = _window.Read(windowNow, out var last);

            // Other threads may have recorded calls since this one. Evaluate every position where the rule could fire.
            var first = position != LedgerWindow.Unknown ? position : last;
            var rings = !_evaluatesEveryCall && Alarm.RingsOnSuccess(seen);
            if (rings)
            {
                first = Math.Min(first, alarm.LastEvaluation + 1);
            }

            for (var earlier = Math.Max(first, last - MaxPositions); earlier < last; earlier++)
            {
                if (TryFire(ContextOf(_window.ReadEarlier(windowNow, earlier, alarm), failures), hint, out var earlierSignal))
                {
                    return earlierSignal;
                }
            }

            var context = ContextOf(window, failures);
            if (TryFire(context, hint, out var signal))
            {
                return signal;
            }

            // Read the calls in flight after the window. A call leaves the one before it enters the other.
            var overdue = ReadOverdue();
            var withOverdue = overdue.Requests > 0 ? ContextOf(_window.With(window, last, overdue), failures, overdue) : context;
            if (overdue.Requests > 0 && TryFire(withOverdue, hint, out signal))
            {
                return signal;
            }

            if (_evaluatesEveryCall)
            {
                return null;
            }

            if (rings)
            {
                alarm.RecordEvaluation(last, window);
            }

            var next = Alarm.Of(
                Math.Min(
                    _tripper.FailuresToFire(BreakerState.Closed, context.Requests),
                    _tripper.FailuresToFire(BreakerState.Closed, withOverdue.Requests)
                ),
                LacksOnlyAMinimum(context) || (overdue.Requests > 0 && LacksOnlyAMinimum(withOverdue))
            );
            if (next == seen)
            {
                return null;
            }

            // If the alarm was set, read again: a call may have been recorded between the reading and the alarm. If not, another thread
            // changed it first.
            if (alarm.TrySet(next, seen) && !rings)
            {
                alarm.RecordEvaluation(last, window);
            }
        }
    }

    private CallCounts ReadOverdue() => InFlight?.Overdue(History.WouldTrips, Rules.WindowCapacity) ?? default;

    private bool TryFire(in TripperContext context, TripHint hint, out Signal? signal)
    {
        signal = null;
        if (!UserCode.Fires(_tripper!, context))
        {
            return false;
        }

        var reason = hint.Explain(UserCode.Explain(_tripper!, context));
        if (State == BreakerState.Closed)
        {
            signal = Machine.Open(this, reason, History.Reopens, hint);
        }
        else
        {
            Machine.WouldTrip(this, reason);
        }

        return true;
    }

    // If enough calls failed and only a minimum is missing, the next call can make the rule fire, even a success.
    private bool LacksOnlyAMinimum(in TripperContext context) =>
        context.Failures >= _tripper!.LeastFailures(BreakerState.Closed, context.Requests)
        && UserCode.Fires(_tripper, context.WaivingMinimums());

    private TripperContext ContextOf(in CallCounts window, long failures, in CallCounts overdue = default) =>
        new(BreakerState.Closed, window, Math.Max(failures, _streak.Failures()), Rules.SlowThresholds, overdue: overdue);
}
