namespace Fluxgate.Simulation;

/// <summary>A real breaker, and what the fleet needs of it beyond its public API.</summary>
/// <remarks>
/// Three stand-ins, each to be replaced by a point of the engine: the gate that is asked when a break is over, a trip with a duration of its own
/// (forced open, then probing), and the mark of what the fleet caused.
/// </remarks>
internal sealed class SteeredBreaker(FluxgateBreaker breaker, MemberClock clock, Action<Signal, bool> onSignal)
{
    private const string ByFleet = "the fleet tripped";

    private bool _isShut;
    private TimeSpan _openUntil;
    private TimeSpan _askAgainAt;

    /// <summary>Gets the state; open also where the fleet opened the circuit for a duration of its own.</summary>
    public BreakerState State => _isShut ? BreakerState.Open : breaker.State;

    /// <summary>Gets how long until the break is over; zero or negative if it is.</summary>
    public TimeSpan BreakLeft => _openUntil - clock.Elapsed;

    public BreakerSnapshot Snapshot() => breaker.Snapshot();

    /// <summary>Admits or rejects a call.</summary>
    /// <param name="gate">Is asked when the break is over, with the time since then; returns <see langword="null"/> or when to ask again.</param>
    /// <param name="admission">The admission.</param>
    /// <param name="began">Whether this call is the first probe.</param>
    public bool TryAdmit(Func<TimeSpan, TimeSpan?> gate, out Admission? admission, out bool began)
    {
        (admission, began) = (null, false);
        var before = State;
        if (before == BreakerState.Open && BreakLeft <= TimeSpan.Zero)
        {
            if (clock.Elapsed < _askAgainAt)
            {
                return false;
            }

            if (gate(-BreakLeft) is { } wait)
            {
                _askAgainAt = clock.Elapsed + wait;
                return false;
            }

            if (_isShut)
            {
                _isShut = false;
                breaker.Probe("the break of the fleet is over");
            }
        }

        breaker.TryAdmit(out admission);
        began = before == BreakerState.Open && State == BreakerState.HalfOpen;
        if (before == BreakerState.HalfOpen && State == BreakerState.Open)
        {
            // The lease of a probe ended in this call, which returns no signal.
            _openUntil = clock.Elapsed + (breaker.Snapshot().RetryAfter ?? TimeSpan.Zero);
        }

        return admission is not null;
    }

    public void Settle(Admission admission, Verdict verdict, TimeSpan duration)
    {
        if (admission.Settle(verdict, duration) is { } signal)
        {
            Observe(signal, causedByFleet: false);
        }
    }

    /// <summary>Opens a circuit that is closed or half-open, and leaves every other state alone.</summary>
    /// <param name="breakFor">The duration of the break; by default, the breaker's own.</param>
    /// <returns>Whether the circuit opened.</returns>
    public bool Trip(TimeSpan? breakFor = null)
    {
        if (breaker.State is not (BreakerState.Closed or BreakerState.HalfOpen))
        {
            return false;
        }

        var signal = breakFor is null ? breaker.Trip(ByFleet) : breaker.ForceOpen(ByFleet);
        Observe(signal!, causedByFleet: true);
        if (breakFor is { } duration)
        {
            _isShut = true;
            _openUntil = clock.Elapsed + duration;
        }

        return true;
    }

    private void Observe(Signal signal, bool causedByFleet)
    {
        if (signal.NewState == BreakerState.Open)
        {
            _openUntil = clock.Elapsed + signal.BreakFor!.Value;
        }

        onSignal(signal, causedByFleet);
    }
}
