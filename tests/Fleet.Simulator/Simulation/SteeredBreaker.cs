namespace Fluxgate.Simulation;

/// <summary>The breaker of a member, as the fleet sees and steers it.</summary>
internal sealed class SteeredBreaker
{
    private readonly World _world;
    private readonly MemberClock _clock;
    private readonly Func<double> _random;
    private readonly Action<Signal> _onSignal;
    private readonly FluxgateBreaker _breaker;
    private TimeSpan _breakFor;
    private TimeSpan _openUntil;

    /// <param name="world">What the settings of the breaker depend on.</param>
    /// <param name="place">The place of the member.</param>
    /// <param name="clock">The clock of the member.</param>
    /// <param name="random">Returns random numbers from 0 to 1.</param>
    /// <param name="gate">Is called when a break is over, with the time since then; returns <see langword="null"/> or when to ask again.</param>
    /// <param name="permit">The permit of half-open phases.</param>
    /// <param name="onSignal">Is called for transitions.</param>
    public SteeredBreaker(
        World world,
        MemberPlace place,
        MemberClock clock,
        Func<double> random,
        Func<TimeSpan, TimeSpan?> gate,
        Permit permit,
        Action<Signal> onSignal
    )
    {
        (_world, _clock, _random, _onSignal) = (world, clock, random, onSignal);
        _breaker = FluxgateBreaker.CreateUnattached(
            "payments",
            new()
            {
                Window = Window.Time(world.Window),
                Tripper = world.Rule.Tripper,
                BreakDuration = world.BreakDuration,
                Permit = permit,
                ProbeGate = context => gate(context.OpenFor - _breakFor),
                Randomizer = random,
                InitialState = world.Manual(place) ?? BreakerState.Closed,
            },
            clock
        );
    }

    public BreakerState State => _breaker.State;

    /// <summary>Gets how long until the break is over; zero or negative if it is.</summary>
    public TimeSpan BreakLeft => _openUntil - _clock.Elapsed;

    public BreakerSnapshot Snapshot() => _breaker.Snapshot();

    /// <summary>Admits or rejects a call.</summary>
    /// <param name="admission">The admission.</param>
    /// <param name="began">Whether this call is the first probe.</param>
    public bool TryAdmit(out Admission? admission, out bool began)
    {
        var before = State;
        _breaker.TryAdmit(out admission);
        began = before == BreakerState.Open && State == BreakerState.HalfOpen;
        if (before == BreakerState.HalfOpen && State == BreakerState.Open)
        {
            // The lease of a probe ended in this call, which returns no signal.
            OnOpened(_breaker.Snapshot().RetryAfter ?? TimeSpan.Zero);
        }

        return admission is not null;
    }

    public void Settle(Admission admission, Verdict verdict, TimeSpan duration)
    {
        if (admission.Settle(verdict, duration) is { } signal)
        {
            Observe(signal);
        }
    }

    /// <summary>Opens a circuit that is closed or half-open, and leaves every other state alone.</summary>
    /// <param name="breakFor">The duration of the break; by default, the next one of the breaker.</param>
    /// <returns>Whether the circuit opened.</returns>
    public bool Trip(TimeSpan? breakFor = null)
    {
        var duration = breakFor ?? _world.BreakDuration.Next(new(reopens: 0, _random));
        if (_breaker.TripFor(duration, kind: ReasonKind.Fleet) is not { } signal)
        {
            return false;
        }

        Observe(signal);
        return true;
    }

    private void Observe(Signal signal)
    {
        if (signal.NewState == BreakerState.Open)
        {
            OnOpened(signal.BreakFor!.Value);
        }

        _onSignal(signal);
    }

    private void OnOpened(TimeSpan breakFor) => (_breakFor, _openUntil) = (breakFor, _clock.Elapsed + breakFor);
}
