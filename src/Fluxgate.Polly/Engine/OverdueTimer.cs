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
        var now = Now;
        while (TryTake(now, out var due, out var next))
        {
            if (next is not null)
            {
                Set(next);
            }

            // An exception on a timer thread would end the process.
            try
            {
                due.Calls.OnTimer(due.Number);
            }
            catch (Exception error)
            {
                due.Calls.TimerFailed(error);
            }
        }
    }

    /// <summary>Takes the next entry that is due. While others are due too, the timer stays set: if user code hangs in one breaker, another thread takes the others.</summary>
    /// <param name="now">The time.</param>
    /// <param name="due">The entry.</param>
    /// <param name="next">Reports errors of the timer, which must be set; <see langword="null"/> if it need not be.</param>
    /// <returns><see langword="false"/> if no entry is due.</returns>
    private bool TryTake(long now, out (CallsInFlight Calls, int Number) due, out CallsInFlight? next)
    {
        lock (this)
        {
            if (!_waiting.TryPeek(out due, out var dueAt) || dueAt > now)
            {
                next = null;
                return false;
            }

            _waiting.Dequeue();
            var before = _next;
            _next =
                !_waiting.TryPeek(out var later, out var laterAt) ? long.MaxValue
                : laterAt > now ? laterAt
                : now + FluxgateDefaults.UserCodePatience.Ticks;
            next = _next == before ? null : later.Calls;
            return true;
        }
    }

    /// <summary>Sets the timer, outside the lock, because the timer may be a user's. Another thread may have set it too late meanwhile.</summary>
    private void Set(CallsInFlight reportsErrors)
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
            reportsErrors.TimerFailed(error);
        }
    }
}
