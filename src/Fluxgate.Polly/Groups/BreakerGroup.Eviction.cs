namespace Fluxgate;

/// <content>The eviction of idle breakers, on a timer. Calls do no work for it: the timer compares their counts.</content>
public sealed partial class BreakerGroup
{
    // The number of sweeps within one idle timeout.
    private const int SweepsPerTimeout = 10;

    private readonly object _timerGate = new();
    private ITimer? _timer;
    private bool _isScheduled;
    private long _evicted;

    private readonly DetachQueue _detaching = new();

    private int _isSweeping;

    // The circuits that have had no call for the idle timeout and stay.
    private int _idle;

    /// <summary>Sets the timer for the next sweep, unless it is set.</summary>
    /// <param name="again">Whether to set it in any case, because the timeout has changed.</param>
    private void ScheduleSweep(bool again = false)
    {
        var timeout = Rules.Options.IdleTimeout;
        if (Volatile.Read(ref _isScheduled) && !again)
        {
            return;
        }

        lock (_timerGate)
        {
            if (_isDisposed || (_isScheduled && !again) || timeout == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            _isScheduled = true;
        }

        try
        {
            LazyInitializer.EnsureInitialized(ref _timer, CreateTimer).Set(timeout / SweepsPerTimeout);
        }
        catch (Exception error)
        {
            // A user's time provider may throw. The next new key tries again.
            _shared.Machine.UserCode.ReportClockError(error);
            lock (_timerGate)
            {
                _isScheduled = false;
            }
        }
    }

    private ITimer CreateTimer() =>
        TimeProvider.CreateOwnTimer(
            static state =>
            {
                if (((WeakReference<BreakerGroup>)state!).TryGetTarget(out var group))
                {
                    group.OnTimer();
                }
            },
            new WeakReference<BreakerGroup>(this)
        );

    private void StopSweep()
    {
        try
        {
            Volatile.Read(ref _timer)?.Dispose();
        }
        catch (Exception error)
        {
            _shared.Machine.UserCode.ReportClockError(error);
        }
    }

    private void OnTimer()
    {
        // A changed timeout can set the timer while it runs.
        if (Interlocked.Exchange(ref _isSweeping, 1) != 0)
        {
            return;
        }

        Sweep();
        Volatile.Write(ref _isSweeping, 0);
        Volatile.Write(ref _isScheduled, false);

        if (Count > 0 || CopyAll().Length > 1)
        {
            ScheduleSweep();
        }
    }

    private void Sweep()
    {
        var now = _clock.Now;
        var timeout = Rules.Options.IdleTimeout;
        var idle = 0;
        foreach (var member in CopyAll())
        {
            // An exception on a timer thread would end the process.
            try
            {
                idle += EvictIfIdle(member, now, timeout) ? 1 : 0;
            }
            catch (Exception error)
            {
                _shared.Machine.UserCode.ReportClockError(error);
            }
        }

        Volatile.Write(ref _idle, idle);
    }

    /// <summary>Evicts a circuit if it is idle.</summary>
    /// <returns>Whether it is idle and stays.</returns>
    private bool EvictIfIdle(GroupMember member, long now, TimeSpan timeout)
    {
        if (member.IsDetached)
        {
            TryRetire(member);
        }

        if (member.Key is null || member.IsEvicted)
        {
            return false;
        }

        var totals = member.Machine.ReadTotals(out var phase);
        var idleFrom = member.UpdateLastCall(phase, totals, now);
        // Without calls, nothing else expires the leases, and the circuit would never be evicted.
        (phase as HalfOpenPhase)?.ExpireLeasesInBackground();
        if (member.LastCallAt != now)
        {
            phase.Compact();
        }

        if (timeout == Timeout.InfiniteTimeSpan || _clock.Between(member.LastCallAt, now) < timeout)
        {
            member.MarkIdle(false);
            return false;
        }

        if (idleFrom is { } from && _clock.Between(from, now) >= timeout)
        {
            Evict(member, phase);
            return false;
        }

        member.MarkIdle(phase);
        return true;
    }

    internal void Evict(GroupMember member, Phase phase)
    {
        if (!member.TryEvict(phase))
        {
            return;
        }

        _members.TryRemove(new(member.Key!, member));
        Interlocked.Decrement(ref _places);
        Volatile.Write(ref _isFull, 0);
        lock (_all)
        {
            _evicted++;
        }

        _detaching.Add(member, TryRetire);
    }

    /// <summary>Adds what an evicted breaker has counted to the sums, once all of its calls have settled.</summary>
    private void TryRetire(GroupMember member)
    {
        lock (_all)
        {
            if (member.Index < 0 || !member.Machine.TryRetire(_late, out var totals))
            {
                return;
            }

            _retired.Add(totals, member.Machine.Phase, inFlight: false);
            _all[^1].Index = member.Index;
            _all[member.Index] = _all[^1];
            _all.RemoveAt(_all.Count - 1);
            member.Index = -1;
        }
    }
}
