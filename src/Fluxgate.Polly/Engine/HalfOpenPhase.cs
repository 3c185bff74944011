namespace Fluxgate;

/// <summary>
/// The phase of a half-open circuit. It admits some calls as probes, each with a lease. After each probe it decides whether the circuit
/// opens, closes or stays half-open.
/// </summary>
/// <remarks>
/// A private lock guards only arithmetic. Parts are evaluated outside it, with the counts at the probe's place in the order.
/// </remarks>
internal sealed partial class HalfOpenPhase : Phase
{
    private readonly LedgerWindow _window;
    private readonly Tripper? _tripper;
    private readonly Permit? _permit;
    private readonly Recovery? _recovery;
    private readonly Probes _probes;

    public HalfOpenPhase(PhaseStart start)
        : base(start)
    {
        var continued = start.Reconfigures as HalfOpenPhase;
        TimesCalls = true;
        _probes = continued?._probes ?? new();
        _window =
            continued is not null && ReferenceEquals(continued.Ledger, Ledger)
                ? continued._window
                : Rules.Window.StartOn(Ledger, Clock, State) ?? UserCode.StartWindow(this);

        var old = continued?.Rules;
        _tripper = UserCode.Continue(continued?._tripper, old?.Tripper, Rules.Tripper, part => part.Start(), UserErrorSource.Tripper);
        _permit = UserCode.Continue(continued?._permit, old?.Permit, Rules.Permit, part => part.Start(), UserErrorSource.Permit);
        _recovery = UserCode.Continue(continued?._recovery, old?.Recovery, Rules.Recovery, part => part.Start(), UserErrorSource.Recovery);
    }

    public override BreakerState State => BreakerState.HalfOpen;

    public override int ProbesInFlight
    {
        get
        {
            lock (_probes)
            {
                return _probes.Counts.InFlight;
            }
        }
    }

    public override long? IdleFrom => StartedAt;

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, TripHint hint)
    {
        var time = ticket.Elapsed(Clock, durationTicks);
        if (ticket.Probe is null)
        {
            // A call inside a probe. It decides nothing.
            Machine.Totals.AddNested(Ledger.SlowThresholds, verdict, time.Ticks);
            Machine.Durations?.Record(State, time.Ticks);
            return null;
        }

        var now = time is { IsExact: true, HasEnd: true } ? time.EndedAt : Clock.Now;
        if (ExpireLeases(now) is { } reopened)
        {
            // The lease of this probe or an older one expired and ended the phase.
            Machine.SettleLate(this, ticket, verdict, durationTicks, hint);
            return reopened;
        }

        var settled = default(SettledProbe);
        bool late;
        lock (_probes)
        {
            late = ticket.Probe.Expired || !TryCountProbe(ticket.Probe, verdict, time.Ticks, out settled);
        }

        return late ? Machine.SettleLate(this, ticket, verdict, durationTicks, hint) : OnSettled(settled, hint, now);
    }

    public override Signal? ExpireLeases(long now)
    {
        while (_probes.FirstDeadline <= now)
        {
            SettledProbe settled;
            lock (_probes)
            {
                if (_probes.First is not { } probe || probe.Deadline > now)
                {
                    return null;
                }

                if (!TryCountProbe(probe, Verdict.Failure, probe.Lease.Ticks, out settled, expired: true))
                {
                    return null;
                }
            }

            if (OnSettled(settled, hint: default, now) is { } reopened)
            {
                return reopened;
            }
        }

        return null;
    }

    /// <summary>Settles the probes whose leases have expired on a thread-pool thread, because it runs user code. For a circuit without calls and timers.</summary>
    public void ExpireLeasesInBackground()
    {
        if (_probes.FirstDeadline <= Clock.Now)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static phase => phase.ExpireLeases(phase.Clock.Now), this, preferLocal: false);
        }
    }

    /// <summary>Restarts the lease of a probe that made progress, unless it has expired.</summary>
    public void Renew(Probe probe)
    {
        var now = Clock.Now;
        lock (_probes)
        {
            if (probe.IsInFlight && probe.Deadline > now)
            {
                _probes.Renew(probe, Clock.After(now, Clock.Units(probe.Lease)));
            }
        }
    }

    public override void OnTimer(long now)
    {
        if (ExpireLeases(now) is not null)
        {
            return;
        }

        if (_probes.FirstDeadline is not long.MaxValue and var deadline)
        {
            Machine.ScheduleTimer(this, Clock.Between(now, deadline));
        }
    }

    public override Signal? Reevaluate(Phase from, long failures, TripHint hint)
    {
        var window = ReadWindow(out var counts);
        var decided = counts.Recorded > 0 ? Decide(counts, window, counts.ConsecutiveFailures > 0, hint, Clock.Now) : null;
        return decided ?? DecideIgnored(counts);
    }

    public override PhaseReading Read()
    {
        var window = ReadWindow(out var counts);
        return new(window, counts.ConsecutiveFailures, counts.ConsecutiveSuccesses);
    }

    /// <summary>Reads the window and the counts of the probes at one moment. A user's window is read after it, without the lock.</summary>
    private CallCounts ReadWindow(out ProbeCounts counts)
    {
        CallCounts window;
        lock (_probes)
        {
            counts = _probes.Counts;
            window = ReadInOrder();
        }

        return _window is UserWindow ? _window.Read() : window;
    }

    /// <summary>Counts a probe's verdict. The lock is held, so <see cref="OnRecorded"/> updates a user's window later.</summary>
    /// <returns><see langword="false"/> if the ledger is sealed.</returns>
    private bool TryCountProbe(Probe probe, Verdict verdict, long durationTicks, out SettledProbe settled, bool expired = false)
    {
        settled = default;
        if (!Ledger.TryCount(Ledger.CounterOf(verdict)))
        {
            return false;
        }

        // Only now: a late result of the probe reads it without the lock, and is counted nowhere if it is set.
        probe.Expired = expired;

        var lostSlow = 0;
        if (verdict != Verdict.Ignored)
        {
            var reached = Ledger.SlowThresholds.Reached(durationTicks);
            lostSlow = Ledger.AddDuration(durationTicks, reached);
            if (_window is not UserWindow)
            {
                _window.Added(verdict == Verdict.Failure, durationTicks, reached);
            }
        }

        settled = new(verdict, durationTicks, _probes.End(probe, verdict), ReadInOrder(), lostSlow);
        return true;
    }

    private CallCounts ReadInOrder() => _window is UserWindow ? default : _window.Read();
}
