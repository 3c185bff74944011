namespace Fluxgate;

/// <content>Decisions after a recorded call, an ignored one, or an expired lease.</content>
internal sealed partial class Reference
{
    /// <summary>Settles expired leases as failures, in the order of their deadlines, until the circuit opens (4).</summary>
    private string? ExpireLeases()
    {
        while (State == BreakerState.HalfOpen && FirstToExpire is { } probe && probe.Deadline <= Now)
        {
            _visits.Count("lease expired");
            if (probe != _probes[0])
            {
                _visits.Count("lease expired before that of an older probe");
            }

            _probes.Remove(probe);
            probe.Expired = true;
            Total(Verdict.Failure, probe.Lease, _plan.Rule);
            if (Record(failed: true, probe.Lease) is { } reopened)
            {
                _visits.Count("lease expired and re-opened");
                return reopened;
            }
        }

        return null;
    }

    private string? Ignore()
    {
        _ignoredInARow++;
        if (State != BreakerState.HalfOpen || !(_ignoredInARow >= ProbeLimit))
        {
            return null;
        }

        _visits.Count("n ignored in a row");
        return Reopen(ReasonKind.ProbingFailed);
    }

    /// <summary>Records a success or failure of this phase.</summary>
    private string? Record(bool failed, TimeSpan took)
    {
        _ignoredInARow = 0;
        _recorded.Add(new(Now, failed, Measures ? took : TimeSpan.Zero, RecordInWindow()));
        var isFirst = _isUnderNewRules;
        _isUnderNewRules = false;
        if (Evaluate() is { } findings)
        {
            if (isFirst)
            {
                _visits.Count($"fired under new rules at a {(failed ? "failure" : "success")}");
            }

            _visits.Count(AsksEveryCall ? "fired where every call is asked" : $"fired at a {(failed ? "failure" : "success")} in {State}");
            return Fired(findings);
        }

        return State == BreakerState.HalfOpen ? DecideQuietProbe(failed) : null;
    }

    /// <summary>Evaluates the rule on the window, and again with the overdue calls.</summary>
    /// <returns>The findings if it fires.</returns>
    private string? Evaluate()
    {
        if (State != BreakerState.HalfOpen && !_hasTripper)
        {
            // Without a tripper, a closed circuit does not read the window.
            return null;
        }

        var window = ReadWindow();
        return Fires(window) ? Explain(window)
            : WithOverdue(window) is { } withOverdue && Fires(withOverdue) ? Explain(withOverdue)
            : null;
    }

    /// <summary>Gets whether the engine must evaluate the rule on every call. The reference always does, so fewer are proven enough (2).</summary>
    private bool AsksEveryCall =>
        State == BreakerState.HalfOpen
        || _plan.Window is WindowSpec.Own
        || _plan.Rule.Leaves.Any(leaf => leaf is RuleSpec.Own or RuleSpec.AvgLatency);

    private string? DecideQuietProbe(bool failed)
    {
        if (_recorded.Count >= ProbeLimit && _recorded.TrueForAll(call => call.Failed))
        {
            _visits.Count("n probes failed");
            return Reopen(ReasonKind.ProbingFailed);
        }

        if (failed || InPhaseFor < Ramp || !RecoveryIsOver())
        {
            return null;
        }

        _visits.Count("closed by recovery");
        _reopens = 0;
        return Go(BreakerState.Closed, ReasonKind.Recovered);
    }

    private string? Fired(string findings)
    {
        switch (State)
        {
            case BreakerState.MetricsOnly:
                return WouldTrip(findings);
            case BreakerState.HalfOpen:
                _visits.Count("tripper re-opened");
                return Reopen(ReasonKind.Tripped, findings);
            default:
                _visits.Count("tripped");
                return Go(BreakerState.Open, ReasonKind.Tripped, DrawBreak(), findings);
        }
    }

    private string? WouldTrip(string findings)
    {
        _wouldTrips++;
        SpendOverdue();
        StartPhase(isNew: false);
        Events.Add($"would trip because {findings} at {Wall:O}");
        _visits.Count("would-trip");
        return null;
    }

    private string Reopen(ReasonKind kind, string findings = "")
    {
        _visits.Count("re-opened");
        _reopens++;
        return Go(BreakerState.Open, kind, DrawBreak(), findings);
    }

    private string Go(BreakerState to, ReasonKind kind, TimeSpan breakFor = default, string findings = "")
    {
        var from = State;
        (State, _startedAt, EnteredAt) = (to, Now, Wall);
        StartBreak(breakFor);
        Number++;
        StartPhase();
        _sequence++;
        _transitions[(from, to)] = Transitions(from, to) + 1;
        var lasts = to == BreakerState.Open && !NeverEnds ? breakFor : (TimeSpan?)null;
        var signal = $"#{_sequence} {from} -> {to} at {Wall:O} for {lasts} because {kind} {findings}";
        Events.Add(signal);
        _visits.Count($"entered {to}");
        Wake();
        return signal;
    }

    /// <summary>Starts a phase: an empty window, no streak, no probes, and newly started parts.</summary>
    private void StartPhase(bool isNew = true)
    {
        if (State is BreakerState.Closed or BreakerState.MetricsOnly)
        {
            StartPhaseCalls(isNew);
        }

        _isUnderNewRules = false;
        _windowStartedAt = Now;
        _recorded.Clear();
        _probes.Clear();
        (_asked, _admitted, _ignoredInARow) = (0, 0, 0);
        StartParts();
    }
}
