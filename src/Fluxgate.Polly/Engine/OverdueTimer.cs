using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The timer that finds overdue calls when no further call arrives. All breakers of one time provider share it, and it fires at multiples of
/// one step, because waking up takes longer than the work. It is set only while calls are in flight.
/// </summary>
internal sealed class OverdueTimer
{
    private static readonly ConditionalWeakTable<TimeProvider, OverdueTimer> Timers = [];

    // The object is its own lock.
    private readonly PriorityQueue<(CallsInFlight Calls, int Number), long> _waiting = new();
    private readonly TimeProvider _timeProvider;
    private readonly Clock _clock;
    private ITimer? _timer;
    private long _next = long.MaxValue;

    private OverdueTimer(TimeProvider timeProvider) => (_timeProvider, _clock) = (timeProvider, Clock.Of(timeProvider));

    public static OverdueTimer Of(TimeProvider timeProvider) => Timers.GetValue(timeProvider, static provider => new(provider));

    /// <summary>Schedules a check of the calls of a breaker.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="number">The number of the schedule, which the breaker receives back.</param>
    /// <param name="wait">The time until then.</param>
    /// <param name="step">How much later it may be. It is rounded down to a power of two of milliseconds, so that the steps of all breakers coincide.</param>
    public void Schedule(CallsInFlight calls, int number, TimeSpan wait, TimeSpan step)
    {
        var milliseconds = Math.Max(step.Ticks / TimeSpan.TicksPerMillisecond, 1);
        var grid = (1L << BitOperations.Log2((ulong)milliseconds)) * TimeSpan.TicksPerMillisecond;
        var due = (Now + wait.Ticks + grid - 1) / grid * grid;
        lock (this)
        {
            _waiting.Enqueue((calls, number), due);
            if (due >= _next)
            {
                return;
            }

            _next = due;
        }

        Set(calls);
    }

    private long Now => _clock.TicksBetween(0, _clock.Now);

    private void OnTimer()
    {
        // The timer has fired, so it is set for no entry.
        Volatile.Write(ref _next, long.MaxValue);
        var now = Now;
        while (TryTake(now, out var due))
        {
            // An exception on a timer thread would end the process.
            try
            {
                due.Calls.OnTimer(due.Number);
            }
            catch (Exception error)
            {
                due.Calls.ReportTimerError(error);
            }
        }
    }

    /// <summary>Takes the next entry that is due, and sets the timer for the following one. If that one is due too, the timer is set as well: if user code hangs in this breaker, another thread takes the others.</summary>
    /// <returns><see langword="false"/> if no entry is due.</returns>
    private bool TryTake(long now, out (CallsInFlight Calls, int Number) due)
    {
        bool isDue;
        bool mustSet;
        CallsInFlight? later;
        lock (this)
        {
            isDue = _waiting.TryPeek(out due, out var dueAt) && dueAt <= now;
            if (isDue)
            {
                _waiting.Dequeue();
            }

            var before = _next;
            _next =
                !_waiting.TryPeek(out var following, out var followingAt) ? long.MaxValue
                : isDue && followingAt <= now ? now + FluxgateDefaults.UserCodePatience.Ticks
                : followingAt;
            (mustSet, later) = (_next != before, following.Calls);
        }

        if (mustSet && later is not null)
        {
            Set(later);
        }

        return isDue;
    }

    /// <summary>Sets the timer, outside the lock, because the timer may be a user's. Another thread may have set it too late meanwhile.</summary>
    private void Set(CallsInFlight errorReporter)
    {
        try
        {
            var timer = LazyInitializer.EnsureInitialized(
                ref _timer,
                () => _timeProvider.CreateOwnTimer(static timer => ((OverdueTimer)timer!).OnTimer(), this)
            );
            for (long set; (set = Volatile.Read(ref _next)) != long.MaxValue; )
            {
                timer.Set(TimeSpan.FromTicks(set - Now));
                if (Volatile.Read(ref _next) == set)
                {
                    return;
                }
            }
        }
        catch (Exception error)
        {
            CallsInFlight[] unscheduled;
            lock (this)
            {
                unscheduled = [.. _waiting.UnorderedItems.Select(waiting => waiting.Element.Calls)];
                _waiting.Clear();
                _next = long.MaxValue;
            }

            // The next epoch of each breaker tries again.
            Array.ForEach(unscheduled, calls => calls.Unschedule());
            errorReporter.ReportTimerError(error);
        }
    }
}
