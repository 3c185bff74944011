namespace Fluxgate;

/// <content>The timer, which checks for overdue calls when no further call arrives.</content>
internal sealed partial class CallsInFlight
{
    // A timer that looks after this time releases a breaker that is no longer used, whatever its threshold.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Evaluates the rule if calls have become overdue, and schedules the timer again as long as another call may become overdue.</summary>
    /// <param name="number">The number of the schedule.</param>
    public void OnTimer(int number)
    {
        var current = _machine.Phase;
        var isCurrent = current is ClosedPhase && ReferenceEquals(current.InFlight, this) && !_machine.IsDisposed;
        var now = Clock.Now;
        var epoch = EpochOf(now);
        bool areMore;
        long? next;
        lock (this)
        {
            if (number != _schedule)
            {
                // A later schedule has replaced this one.
                return;
            }

            SpendAt(isCurrent ? current.History.WouldTrips : 0);
            areMore = isCurrent && Advance(epoch);
            next = isCurrent ? NextOverdue() : null;
            if (!(next <= epoch + Epochs.UntilOverdue(0)))
            {
                // Closes the current epoch, so that the next call schedules the timer.
                Sweep(Newest);
                next = isCurrent ? NextOverdue() : null;
            }

            _isScheduled = next <= epoch + Epochs.UntilOverdue(0);
            number = ++_schedule;
        }

        if (next is { } due)
        {
            Schedule(number, now, due);
        }

        if (areMore)
        {
            EvaluateOverdue();
        }
    }

    /// <summary>Notes that the timer is not set, so that the next epoch sets it.</summary>
    public void Unschedule()
    {
        lock (this)
        {
            _isScheduled = false;
        }
    }

    /// <summary>Reports an exception of the timer.</summary>
    public void ReportTimerError(Exception error) => _machine.UserCode.ReportClockError(error);

    /// <summary>Returns the first epoch in which another call becomes overdue for a threshold; <see langword="null"/> for none.</summary>
    private long? NextOverdue()
    {
        var swept = _swept?.NextOverdue();
        return InOpenEpochs().FirstOrDefault() is { Calls: > 0 } oldest && !(swept <= oldest.Epoch + Epochs.UntilOverdue(0))
            ? oldest.Epoch + Epochs.UntilOverdue(0)
            : swept;
    }

    /// <summary>Schedules the timer at the start of an epoch.</summary>
    private void Schedule(int number, long now, long epoch)
    {
        var clock = Clock;
        var wait =
            TimeSpan.FromTicks(clock.TicksBetweenRoundedUp(now, epoch * Epochs.Length)) + (_isCoarse ? Clock.CoarseStep : TimeSpan.Zero);
        try
        {
            OverdueTimer
                .Of(_machine.Clock.Provider)
                .Schedule(
                    this,
                    number,
                    wait < LongestWait ? wait : LongestWait,
                    step: TimeSpan.FromTicks(clock.TicksBetween(0, Epochs.Length))
                );
        }
        catch (Exception error)
        {
            // A user's time provider may throw. Calls continue without the timer, and the next admission finds the overdue ones.
            Unschedule();
            ReportTimerError(error);
        }
    }
}
