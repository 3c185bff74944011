namespace Fluxgate;

/// <content>The admission of probes, and of calls inside them.</content>
internal sealed partial class HalfOpenPhase
{
    public override AdmitResult Admit(bool mayBeAbandoned, out Ticket ticket, out Signal? caused)
    {
        var now = Clock.Now;
        ticket = default;
        caused = ExpireLeases(now);
        if (caused is not null)
        {
            return AdmitResult.TryAgain;
        }

        if (ProbeScope.Of(Machine) is { } outer && AdmitInside(outer, now) is { } nested)
        {
            ticket = new(this, CallStart.Exact(now));
            return nested == AdmitResult.Rejected ? Reject(CallStart.Exact(now), out ticket) : nested;
        }

        PermitContext context;
        AdmitResult? first = null;
        lock (_probes)
        {
            context = new(Clock.Between(StartedAt, now), _probes.Counts.InFlight, _probes.Counts.Asked++, Rules.RandomSource);
            if (_probes.Counts.Admitted == 0)
            {
                // The first probe of the phase does not need a permit.
                first = AdmitWithin(now, mostInFlight: 1, out ticket);
            }
        }

        var result = first ?? EvaluatePermit(context, now, ref ticket);
        if (result == AdmitResult.Rejected)
        {
            return Reject(CallStart.Exact(now), out ticket);
        }

        // Schedule the timer only for the lease that expires first. A reconfiguration can make a new lease shorter than older ones.
        if (Rules.ProbeWithoutTraffic && ticket.Probe is { } probe && IsFirst(probe))
        {
            Machine.ScheduleTimer(this, Rules.Lease);
        }

        return result;
    }

    private AdmitResult EvaluatePermit(in PermitContext context, long now, ref Ticket ticket)
    {
        var permitted = UserCode.Admits(_permit, context);
        if (permitted == false)
        {
            return AdmitResult.Rejected;
        }

        lock (_probes)
        {
            var most =
                permitted is null ? 1
                : Rules.MostInFlight is { } limit ? limit
                : _probes.Counts.Successes == 0 ? FluxgateDefaults.UnprovenProbesInFlight
                : int.MaxValue;
            return AdmitWithin(now, most, out ticket);
        }
    }

    /// <summary>Admits a call inside a probe of this breaker as part of that probe, without a permit.</summary>
    /// <returns><see langword="null"/> if the probe has settled, so that the call is like any other.</returns>
    private AdmitResult? AdmitInside(Probe outer, long now)
    {
        lock (_probes)
        {
            if (!outer.IsInFlight || outer.Phase.Number != Number || outer.Deadline <= now)
            {
                return null;
            }

            if (outer.NestedCalls >= FluxgateDefaults.MaxNestedCalls)
            {
                return AdmitResult.Rejected;
            }

            outer.NestedCalls++;
        }

        Machine.Totals.AddStarted();
        return AdmitResult.Admitted;
    }

    private bool IsFirst(Probe probe)
    {
        lock (_probes)
        {
            return ReferenceEquals(_probes.First, probe);
        }
    }

    private AdmitResult AdmitWithin(long now, int mostInFlight, out Ticket ticket)
    {
        ticket = default;
        if (_probes.Counts.InFlight >= mostInFlight)
        {
            return AdmitResult.Rejected;
        }

        if (!Ledger.TryCount(Ledger.Started))
        {
            return AdmitResult.TryAgain;
        }

        ticket = new(_probes.Begin(this, Clock.After(now, Clock.Units(Rules.Lease)), Rules.Lease), CallStart.Exact(now));
        return AdmitResult.Admitted;
    }
}
