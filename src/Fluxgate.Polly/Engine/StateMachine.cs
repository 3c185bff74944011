namespace Fluxgate;

/// <summary>
/// The engine of one circuit: the current phase behind one reference, what all phases have counted, and the listeners' chain of signals. It
/// knows neither Polly nor the breaker that stands before it.
/// </summary>
internal sealed partial class StateMachine
{
    public const long Unmeasured = -1;

    private Timeline _timeline = null!;
    private ProbeTimer? _probeTimer;
    private List<Func<string, DateTimeOffset, Notice>>? _early;
    private int _disposed;

    /// <summary>Creates a machine that has no phase before it <see cref="Start"/>s.</summary>
    public StateMachine(string name, Clock clock)
    {
        (Name, Clock) = (name, clock);
        UserCode = new(this);
        if (!clock.IsSystem)
        {
            clock.Failed = UserCode.ClockFailed;
        }
    }

    public string Name { get; }

    public Clock Clock { get; }

    public Totals Totals { get; } = new();

    public UserCode UserCode { get; }

    /// <summary><see langword="null"/> where no listener asks for durations.</summary>
    public Durations? Durations { get; private set; }

    public Phase Phase => _timeline.Phase;

    /// <summary>Begins the first phase. Called once, before any other thread knows the machine.</summary>
    public void Start(Rules rules, BreakerState state, Durations? durations, IEnumerable<IReceiver> receivers)
    {
        Durations = durations;
        UserCode.ReportErrorsOf(rules);
        _probeTimer = rules.ProbeWithoutTraffic ? new(this, Clock.Provider) : null;
        var start = new PhaseStart(this, rules, 1, History.None, Reason.Initial, Clock.Now, Clock.UtcNow, Before: null);
        _timeline = new(NewPhase(state, start, state == BreakerState.Open ? UserCode.BreakFor(rules, 0, Reason.Initial) : default));
        _timeline.Attach(this, receivers);
        _early?.ForEach(Notify);
        _early = null;
    }

    /// <summary>Starts the delivery, after all listeners were attached.</summary>
    public void BeginDelivery()
    {
        _timeline.Begin();
        Wake();
    }

    /// <summary>Stops timers.</summary>
    public void StopTimers()
    {
        Volatile.Write(ref _disposed, 1);
        Volatile.Read(ref _probeTimer)?.Dispose();
    }

    /// <summary>Ends the chain for listeners: they receive what has happened, and are detached then.</summary>
    public Subscription[] EndDelivery() => _timeline.End();

    /// <summary>Lets go of the subscriptions that have ended, or of all.</summary>
    public void LetGo(bool all) => _timeline.LetGo(all);

    /// <summary>Reads the phase, and the totals while it is the current one.</summary>
    public TotalsReading Read(out PhaseReading reading)
    {
        while (true)
        {
            // The window first, outside of every lock: it may be a user's. What settles meanwhile cannot make it larger than the totals.
            var phase = _timeline.Phase;
            reading = phase.Read();
            if (Totals.TryRead(_timeline, phase, out var totals))
            {
                return totals;
            }
        }
    }

    /// <summary>Admits a call or rejects it.</summary>
    /// <param name="ticket">The ticket of the admitted call, or the one that says which phase rejected it.</param>
    /// <param name="caused">
    /// The transitions that this admission caused: rarely one, and two where an expired lease re-opens a circuit that takes no break.
    /// </param>
    public bool TryEnter(out Ticket ticket, out Signal[] caused)
    {
        caused = [];
        while (true)
        {
            var result = Phase.Admit(out ticket, out var signal);
            if (signal is not null)
            {
                caused = [.. caused, signal];
            }

            if (result != AdmitResult.PhaseOver)
            {
                return result == AdmitResult.Admitted;
            }
        }
    }

    public bool IsCurrent(Phase phase) => ReferenceEquals(Phase, phase);

    /// <summary>Returns the object that continues a phase after reconfigurations; the phase itself when it is over.</summary>
    public Phase Latest(Phase phase) => Phase is var current && current.Number == phase.Number ? current : phase;

    /// <summary>Settles a call for which its phase comes too late: another object continues the phase, or the phase is over.</summary>
    /// <param name="from">The phase object that could not count the call.</param>
    /// <param name="ticket">The ticket of the call.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">How long the call took in ticks of 100 ns, or <see cref="Unmeasured"/>.</param>
    /// <param name="breakTicks">How long to break if this call opens the circuit, in ticks of 100 ns; 0 for the configured duration.</param>
    public Signal? SettleLate(Phase from, Ticket ticket, Verdict verdict, long durationTicks, long breakTicks)
    {
        var current = Phase;
        if (current.Number == from.Number && !ReferenceEquals(current, from))
        {
            // Not stale, for example after a would-trip.
            return current.Settle(ticket, verdict, durationTicks, breakTicks);
        }

        var time = ticket.Start.Elapsed(Clock, durationTicks);
        var counted = ticket.Probe is { Expired: true };
        Totals.AddStale(from, verdict, time.Ticks, counted);
        if (!counted && time.IsExact)
        {
            Durations?.Record(from.State, time.Ticks);
        }

        return current.ExpireLeases(Clock.Now);
    }

    public void Notify(Func<string, DateTimeOffset, Notice> notice)
    {
        if (_timeline is not { } timeline)
        {
            // A part of the very first phase failed to start: listeners receive that when they are attached.
            (_early ??= []).Add(notice);
        }
        else if (timeline.TryNotify(() => notice(Name, Clock.UtcNow)))
        {
            timeline.Deliver();
        }
    }

    public void Wake()
    {
        var phase = _timeline.Phase;
        if (phase.Rules.ProbeWithoutTraffic)
        {
            phase.Wake(Clock.Now);
        }
    }

    /// <summary>Wakes a phase in so long, if it is still there then.</summary>
    public void WakeAfter(Phase phase, TimeSpan due)
    {
        _probeTimer?.After(due);

        // There is one timer: where the phase was over by now, this may have come after the current one's.
        if (_timeline.Phase is var current && !ReferenceEquals(current, phase) && current.Rules.ProbeWithoutTraffic)
        {
            current.Wake(Clock.Now);
        }
    }

    public void SignalDropped(Signal signal)
    {
        Totals.AddDropped();
        Notify((name, now) => new SignalsDroppedNotice(name, now, signal));
    }
}
