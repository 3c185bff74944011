namespace Fluxgate.Simulation;

/// <summary>A process of the fleet: a real breaker on a clock of its own, callers, and a link to the fleet.</summary>
internal sealed class Member
{
    private readonly Run _run;
    private readonly Chance _chance;
    private readonly SteeredBreaker _breaker;
    private readonly FleetLink _fleet;
    private bool _isDead;

    public Member(Run run, int number)
    {
        _run = run;
        var world = run.World;
        Place = new(number, number % world.Zones);
        _chance = new(world.Seed, stream: 1_000 + (ulong)number);
        var skew = _chance.Between(-world.WallSkew, world.WallSkew);
        Clock = new(run.Queue, skew, world.Drift * ((2 * _chance.NextDouble()) - 1));
        _breaker = new(
            world,
            Place,
            Clock,
            _chance.NextDouble,
            sinceBreak => _fleet!.Wait(sinceBreak),
            world.Design.Gates ? new FleetPermit(world.Permit, () => _fleet!.IsSteered) : world.Permit,
            OnSignal
        );
        _fleet = new(run, this, _breaker);
    }

    public MemberPlace Place { get; }

    public MemberClock Clock { get; }

    public BreakerState State => _breaker.State;

    public long Demand { get; private set; }

    /// <summary>Gets whether the member probes although the cohort does not include it.</summary>
    public bool IsProber => !_isDead && _fleet.IsProber;

    public void Start()
    {
        _run.Queue.After(_chance.Gap(_run.World.CallsPerSecond), Ask);
        if (_run.World.Design.HasStore)
        {
            _run.Queue.After(_run.World.Rules.Interval * _chance.NextDouble(), Exchange);
        }
    }

    public void Die() => _isDead = true;

    /// <summary>Runs an action of this process: later if the process stands still, never if it is dead.</summary>
    public void Do(Action action)
    {
        if (_isDead)
        {
            return;
        }

        foreach (var pause in _run.World.Pauses)
        {
            if (_run.Queue.Now >= pause.From && _run.Queue.Now < pause.To && pause.Hits(Place))
            {
                _run.Queue.At(pause.To, () => Do(action));
                return;
            }
        }

        action();
    }

    private void Ask() =>
        Do(() =>
        {
            _run.Queue.After(_chance.Gap(_run.World.CallsPerSecond), Ask);
            Call();
        });

    private void Call()
    {
        var now = _run.Recording.Now;
        now.Demand++;
        Demand++;
        if (!_breaker.TryAdmit(out var admission, out var began))
        {
            now.Refused++;
            now.RefusedHealthy += _run.Dependency.IsHealthyFor(Place) ? 1 : 0;
            return;
        }

        if (began)
        {
            now.Began++;
            now.BeganWithLease += _fleet.HasLease ? 1 : 0;
            _fleet.OnBegan();
            _run.CountProbers();
        }

        var (verdict, duration) = _run.Dependency.Call(Place);
        _run.Queue.After(duration, () => Do(() => _breaker.Settle(admission!, verdict, duration)));
    }

    private void Exchange() =>
        Do(() =>
        {
            var jitter = 0.95 + (0.1 * _chance.NextDouble());
            _run.Queue.After(_run.World.Rules.Interval * (_fleet.Leads ? _run.World.Rules.LeaderIntervals : 1) * jitter, Exchange);
            _fleet.Exchange();
        });

    private void OnSignal(Signal signal)
    {
        if (signal is { OldState: BreakerState.Closed, NewState: BreakerState.Open })
        {
            var causedByFleet = signal.Reason.Kind == ReasonKind.Fleet;
            _run.Recording.Now.OwnTrips += causedByFleet ? 0 : 1;
            _run.Recording.Now.FleetTrips += causedByFleet ? 1 : 0;
        }

        _fleet.OnSignal(signal);
    }
}
