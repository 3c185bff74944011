namespace Fluxgate;

/// <summary>Lets some calls in as probes, each with a lease, and decides after each whether the circuit opens again, closes, or goes on.</summary>
/// <remarks>A private lock guards arithmetic; parts are asked outside it, with what the phase looked like at the probe's own place in line.</remarks>
internal sealed partial class HalfOpenPhase : Phase
{
    private readonly LedgerWindow? _window;
    private readonly WindowState? _userWindow;
    private readonly Tripper? _tripper;
    private readonly Permit? _permit;
    private readonly Recovery? _recovery;
    private readonly Probing _probing;

    public HalfOpenPhase(PhaseStart start)
        : base(start)
    {
        var before = start.Continues as HalfOpenPhase;
        _probing = before?._probing ?? new();
        if (before is not null && Rules.KeepsWindowOf(before.Rules))
        {
            (_window, _userWindow) = (before._window?.Continue(Ledger), before._userWindow);
        }
        else
        {
            _window = Rules.Window.StartOn(Ledger, Clock, State);
            _userWindow = _window is null ? UserCode.StartWindow(Rules, State, Clock) : null;
        }

        var old = before?.Rules;
        _tripper = UserCode.Continue(before?._tripper, old?.Tripper, Rules.Tripper, part => part.Start(), UserErrorSource.Tripper);
        _permit = UserCode.Continue(before?._permit, old?.Permit, Rules.Permit, part => part.Start(), UserErrorSource.Permit);
        _recovery = UserCode.Continue(before?._recovery, old?.Recovery, Rules.Recovery, part => part.Start(), UserErrorSource.Recovery);
    }

    public override BreakerState State => BreakerState.HalfOpen;

    public override Admittance Admit(out Ticket ticket, ref Caused caused)
    {
        var now = Clock.Now;
        ticket = default;
        if (ExpireLeases(now) is { } reopened)
        {
            caused.Add(reopened);
            return Admittance.PhaseOver;
        }

        PermitContext context;
        Admittance? first = null;
        lock (_probing)
        {
            context = new(Clock.Between(StartedAt, now), _probing.Standing.InFlight, _probing.Standing.Asked++, Rules.Chance);
            if (_probing.Standing.Admitted == 0)
            {
                // The first probe of the phase is let in whatever its permit says.
                first = Let(now, mostInFlight: 1, out ticket);
            }
        }

        var admittance = first ?? AskPermit(context, now, ref ticket);
        if (admittance == Admittance.Rejected)
        {
            return Reject(now, out ticket);
        }

        // The first in line: alone, or with a lease that a reconfiguration made shorter than those before it.
        if (Rules.ProbeWithoutTraffic && ticket.Probe is { Older: null })
        {
            Breaker.WakeAfter(this, Rules.Lease);
        }

        return admittance;
    }

    public override Signal? Settle(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks)
    {
        var now = Clock.Now;
        if (ExpireLeases(now) is { } reopened)
        {
            // The phase is over, by this probe's lease or an older one's.
            Breaker.SettleLate(ticket, verdict, durationTicks, breakTicks);
            return reopened;
        }

        durationTicks = durationTicks >= 0 ? durationTicks : ticket.ElapsedTicks(Clock, now);
        var standing = default(Standing);
        var window = default(Tally);
        bool late;
        lock (_probing)
        {
            late = ticket.Probe!.Expired || !Ledger.TryCount(Ledger.WordOf(verdict));
            if (!late)
            {
                _probing.Leases.Remove(ticket.Probe);
                standing = verdict == Verdict.Ignored ? Ignore() : Record(verdict == Verdict.Failure, durationTicks);
                window = _window?.Read() ?? default;
            }
        }

        if (late)
        {
            return Breaker.SettleLate(ticket, verdict, durationTicks, breakTicks);
        }

        Breaker.Durations?.Record(State, durationTicks);

        var decided =
            verdict == Verdict.Ignored
                ? DecideIgnored(standing)
                : Recorded(standing, window, verdict == Verdict.Failure, durationTicks, breakTicks, now);
        return decided ?? (GoesOn ? Breaker.Reconsidered(this, breakTicks) : null);
    }

    public override Signal? ExpireLeases(long now)
    {
        while (true)
        {
            Standing standing;
            Tally window;
            long lease;
            lock (_probing)
            {
                if (_probing.Leases.Oldest is not { } probe || probe.Deadline > now || !Ledger.TryCount(Ledger.Failures))
                {
                    return null;
                }

                probe.Expired = true;
                lease = probe.Lease.Ticks;
                _probing.Leases.Remove(probe);
                standing = Record(failed: true, lease);
                window = _window?.Read() ?? default;
            }

            Breaker.Durations?.Record(State, lease);
            var decided = Recorded(standing, window, failed: true, lease, breakTicks: 0, now);
            if ((decided ?? (GoesOn ? Breaker.Reconsidered(this) : null)) is { } reopened)
            {
                return reopened;
            }
        }
    }

    public override void Wake(long now)
    {
        if (ExpireLeases(now) is not null)
        {
            return;
        }

        long deadline;
        lock (_probing)
        {
            deadline = _probing.Leases.Oldest?.Deadline ?? long.MaxValue;
        }

        if (deadline != long.MaxValue)
        {
            Breaker.WakeAfter(this, Clock.Between(now, deadline));
        }
    }

    public override Signal? Reconsider(long breakTicks)
    {
        Standing standing;
        Tally window;
        lock (_probing)
        {
            standing = _probing.Standing;
            window = _window?.Read() ?? default;
        }

        return standing.Probes == 0
            ? DecideIgnored(standing)
            : Decide(
                standing,
                _window is null ? UserCode.Read(_userWindow) : window,
                standing.ConsecutiveFailures > 0,
                breakTicks,
                Clock.Now
            ) ?? DecideIgnored(standing);
    }

    public override PhaseReading Read()
    {
        Standing standing;
        lock (_probing)
        {
            standing = _probing.Standing;
        }

        return new(
            _window is null ? UserCode.Read(_userWindow) : _window.Read(),
            standing.ConsecutiveFailures,
            standing.ConsecutiveSuccesses,
            standing.InFlight
        );
    }

    private Admittance AskPermit(in PermitContext context, long now, ref Ticket ticket)
    {
        var permitted = UserCode.Admits(_permit, context);
        if (permitted == false)
        {
            return Admittance.Rejected;
        }

        lock (_probing)
        {
            var most =
                permitted is null ? 1
                : Rules.MostInFlight is { } limit ? limit
                : _probing.Standing.Successes == 0 ? FluxgateDefaults.UnprovenProbesInFlight
                : int.MaxValue;
            return Let(now, most, out ticket);
        }
    }

    private Admittance Let(long now, int mostInFlight, out Ticket ticket)
    {
        ticket = default;
        if (_probing.Standing.InFlight >= mostInFlight)
        {
            return Admittance.Rejected;
        }

        if (!Ledger.TryCount(Ledger.Started))
        {
            return Admittance.PhaseOver;
        }

        _probing.Standing.InFlight++;
        _probing.Standing.Admitted++;
        ticket = new(this, now, _probing.Leases.Add(Clock.After(now, Rules.LeaseUnits), Rules.Lease));
        return Admittance.Admitted;
    }

    private Standing Ignore()
    {
        _probing.Standing.InFlight--;
        _probing.Standing.IgnoredInARow++;
        return _probing.Standing;
    }

    private Standing Record(bool failed, long durationTicks)
    {
        var reached = Ledger.SlowThresholds.Reached(durationTicks);
        Breaker.MeasureLate(this, Ledger.Measure(durationTicks, reached));
        _window?.Added(failed, durationTicks, reached);

        _probing.Standing.InFlight--;
        _probing.Standing.IgnoredInARow = 0;
        _probing.Standing.Probes++;
        _probing.Standing.Successes += failed ? 0 : 1;
        _probing.Standing.ConsecutiveFailures = failed ? _probing.Standing.ConsecutiveFailures + 1 : 0;
        _probing.Standing.ConsecutiveSuccesses = failed ? 0 : _probing.Standing.ConsecutiveSuccesses + 1;
        return _probing.Standing;
    }
}
