namespace Fluxgate.Simulation;

/// <summary>What a member does for the fleet: it exchanges its digest for the summary, acts on the summary, and leads when it is asked to.</summary>
internal sealed class FleetLink(Run run, Member member, SteeredBreaker breaker)
{
    private const double NearlyWhole = 0.9;

    private readonly FleetRules _rules = run.World.Rules;
    private readonly CallHistory _history = new(run.World.Rules, member, breaker);
    private readonly Leader _leader = new(run, member);
    private FleetSummary _summary = FleetSummary.Empty(run.World.Zones);
    private TimeSpan _heardAt;
    private TimeSpan? _votedAt;
    private long _number;

    // The recovery in which the member takes part.
    private long _epoch;
    private long _judgedEpoch;
    private TimeSpan? _begunAt;
    private long _actsOn;
    private long _actedOnBefore;
    private TimeSpan _actsSince;

    private bool _hasLease;
    private bool _releasesLease;
    private TimeSpan _leaseUntil;

    private ScopeSummary LastScope => _summary.Scopes[member.Place.Zone];

    /// <summary>Gets the scope, or <see langword="null"/> if what the member knows is out of date.</summary>
    private ScopeSummary? Scope => member.Clock.Elapsed - _heardAt < _rules.Stale ? LastScope : null;

    public bool HasLease => _hasLease && member.Clock.Elapsed < _leaseUntil;

    /// <summary>Gets whether the member led at its last exchange.</summary>
    public bool Leads { get; private set; }

    public bool IsSteered => Scope is { IsOpen: true };

    /// <summary>Gets whether the member probes although the cohort does not include it.</summary>
    public bool IsProber => breaker.State == BreakerState.HalfOpen && !(IsSteered && LastScope.Includes(member.Place.Number));

    public TimeSpan? Wait(TimeSpan sinceBreak)
    {
        if (!run.World.Design.Gates)
        {
            return null;
        }

        var alone = member.Clock.Elapsed - _heardAt - _rules.Stale;
        return ProbeGate.Wait(_rules, Scope, member.Place.Number, HasLease, sinceBreak, alone, Math.Max(1, _summary.Live));
    }

    public void OnBegan() => _begunAt ??= member.Clock.Elapsed;

    public void OnSignal(Signal signal)
    {
        var isVote = run.World.Design.Votes switch
        {
            VoteKind.Echoes => signal is { OldState: BreakerState.Closed, NewState: BreakerState.Open },
            VoteKind.FailedProbes => Votes.IsVote(signal) || signal is { OldState: BreakerState.HalfOpen, NewState: BreakerState.Open },
            _ => Votes.IsVote(signal),
        };
        if (isVote)
        {
            _votedAt = member.Clock.Elapsed;
        }

        // Another member probes next.
        _releasesLease |= signal is { OldState: BreakerState.HalfOpen, NewState: BreakerState.Open };
    }

    public void Exchange()
    {
        _history.Read(breaker.Snapshot(), _begunAt is not null);
        var (digest, wantsLease, sentAt) = (NextDigest(), WantsLease(), member.Clock.Elapsed);
        _hasLease &= wantsLease;
        run.Network.Send(
            member.Place,
            () =>
            {
                var response = run.Store.Exchange(digest, wantsLease);
                run.Network.Send(member.Place, () => member.Do(() => Apply(response, sentAt)));
            }
        );
    }

    private Digest NextDigest()
    {
        var now = member.Clock.Elapsed;
        return new()
        {
            Member = member.Place.Number,
            Zone = member.Place.Zone,
            Number = ++_number,
            State = breaker.State,
            HasTraffic = _history.HasTraffic,
            VoteAge = now - _votedAt,
            Closed = _history.Closed,
            Epoch = _epoch,
            Returned = _history.Returned,
            OnlyFails = _history.OnlyFails,
            ActedOn = now - _actsSince >= _rules.Interval * NearlyWhole ? _actsOn : _actedOnBefore,
            HasBegun = _begunAt is not null,
        };
    }

    private bool WantsLease()
    {
        if (_releasesLease)
        {
            return _releasesLease = false;
        }

        // Leases are fetched ahead, so that no call waits for one.
        return Scope is { IsOpen: true } scope
            && _epoch == scope.Epoch
            && !scope.Includes(member.Place.Number)
            && (breaker.State == BreakerState.Open ? breaker.BreakLeft < _rules.Interval * 2 : HasLease);
    }

    private void Apply(Store.Response response, TimeSpan sentAt)
    {
        if (member.Clock.Elapsed - sentAt > _rules.Interval || response.Summary.Revision < _summary.Revision)
        {
            return;
        }

        _heardAt = member.Clock.Elapsed;
        _summary = response.Summary;
        (_hasLease, _leaseUntil) = (response.HasLease, sentAt + _rules.LeaseTime);
        Leads = response.Leads;
        if (Leads)
        {
            _leader.Lead();
        }

        if (LastScope.IsOpen)
        {
            TakePart(LastScope);
        }
        else if (_epoch != 0)
        {
            Leave();
        }
    }

    private void TakePart(ScopeSummary scope)
    {
        var isIn = scope.Includes(member.Place.Number);
        if (_epoch != scope.Epoch && (breaker.State is BreakerState.Open or BreakerState.HalfOpen || (!isIn && Follows(scope))))
        {
            (_epoch, _begunAt, _actsOn, _actedOnBefore) = (scope.Epoch, null, 0, 0);
            _history.ForgetRecovery();
        }

        if (_actsOn != scope.ShareSince)
        {
            (_actedOnBefore, _actsOn, _actsSince) = (_actsOn, scope.ShareSince, member.Clock.Elapsed);
            _history.ForgetReturned();
        }

        // Sent back: the cohort shrank, or began again.
        if (_epoch == scope.Epoch && !isIn && !HasLease && run.World.Design.Gates && breaker.Trip(_rules.Interval))
        {
            _begunAt = null;
        }
    }

    /// <summary>Opens the circuit because the fleet tripped, unless the member's own calls say that all is well.</summary>
    private bool Follows(ScopeSummary scope)
    {
        if (_judgedEpoch == scope.Epoch)
        {
            return false;
        }

        _judgedEpoch = scope.Epoch;
        var window = breaker.Snapshot();
        if (Veto.Applies(_rules, run.World.Rule, new(window.WindowRequests, window.WindowFailures)))
        {
            return false;
        }

        run.Recording.Now.WouldTrips += breaker.State == BreakerState.MetricsOnly || !run.World.Design.Follows ? 1 : 0;
        return run.World.Design.Follows && breaker.Trip();
    }

    private void Leave()
    {
        (_epoch, _begunAt) = (0, null);
        _history.ForgetRecovery();
        if (run.World.Design.Votes == VoteKind.Own)
        {
            // It counted in the trip that is over.
            _votedAt = null;
        }
    }
}
