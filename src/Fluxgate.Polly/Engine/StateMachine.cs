using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The state machine of one circuit. It holds the current phase behind one reference, the totals of all phases, and the timeline that
/// listeners follow. It depends neither on Polly nor on the breaker that wraps it.
/// </summary>
internal sealed partial class StateMachine
{
    public const long Unmeasured = -1;

    private readonly string? _name;
    private Timeline _timeline = null!;
    private ProbeTimer? _probeTimer;
    private List<Func<string, DateTimeOffset, Notice>>? _earlyNotices;
    private int _disposed;

    /// <summary>Creates a state machine. It has no phase until <see cref="Start"/>.</summary>
    /// <param name="name">The name of the circuit; <see langword="null"/> if it is that of its membership.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="membership">The place of the circuit in its group, or <see langword="null"/> without a group.</param>
    public StateMachine(string? name, Clock clock, Membership? membership = null)
    {
        (_name, Clock, Membership) = (name, clock, membership);
        // The circuits of a group share the clock, and the shared circuit of the group reports its errors.
        if (!clock.IsSystem && membership?.Key is null)
        {
            clock.Failed = UserCode.ReportClockError;
        }
    }

    public string Name => _name ?? Membership!.CircuitName;

    public Clock Clock { get; }

    public Totals Totals { get; } = new();

    public UserCode UserCode => new(this);

    /// <summary>Gets or sets the token that is canceled when the application begins to stop. Abandoned calls are ignored from then on.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Gets the durations of calls; <see langword="null"/> if no listener requests them.</summary>
    public Durations? Durations { get; private set; }

    public Phase Phase => _timeline.Phase;

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Starts the first phase. Called once, before other threads can use the state machine.</summary>
    public void Start(Rules rules, BreakerState state, Durations? durations, IReadOnlyCollection<IReceiver> receivers)
    {
        Durations = durations;
        UserCode.ReportErrorsOf(rules);
        _probeTimer = rules.ProbeWithoutTraffic ? new(this, Clock.Provider) : null;
        var start = new PhaseStart(this, rules, 1, History.None, Reason.Initial, Clock.Now, Clock.UtcNow, Previous: null);
        _timeline = new(
            NewPhase(state, start, state == BreakerState.Open ? UserCode.BreakFor(rules, 0, Reason.Initial) : default),
            this,
            receivers
        );
        Membership?.OnTransition(BreakerState.Closed, state);
        _earlyNotices?.ForEach(Notify);
        _earlyNotices = null;
    }

    /// <summary>Starts delivery after all listeners are attached.</summary>
    public void BeginDelivery()
    {
        _timeline.BeginDelivery();
        OnTimer();
    }

    /// <summary>Stops the timers, and prevents new ones.</summary>
    public void StopTimers()
    {
        Volatile.Write(ref _disposed, 1);
        Volatile.Read(ref _probeTimer)?.Dispose();
    }

    /// <summary>Ends delivery. Listeners receive all earlier signals and notices and are then detached.</summary>
    public Subscription[] EndDelivery() => _timeline.EndDelivery();

    /// <summary>Removes the subscriptions that have ended, or all of them.</summary>
    public void RemoveSubscriptions(bool all) => _timeline.RemoveSubscriptions(all);

    /// <summary>Reads the current phase and the totals as of one moment.</summary>
    public TotalsReading Read(out Phase phase, out PhaseReading reading)
    {
        while (true)
        {
            // Read the window first, outside of every lock, because it may be a user's. Calls that settle meanwhile cannot make it larger
            // than the totals.
            phase = _timeline.Phase;
            reading = phase.Read();
            if (Totals.TryRead(_timeline, phase, out var totals))
            {
                return totals;
            }
        }
    }

    /// <summary>Admits or rejects a call.</summary>
    /// <param name="mayBeAbandoned">Whether the caller can give up. Then the call needs a start time.</param>
    /// <param name="ticket">The ticket of the admitted call, or a ticket with the phase that rejected the call.</param>
    /// <param name="caused">The transitions that this admission caused; two if an expired lease re-opens a circuit without a break.</param>
    /// <returns><see langword="true"/> if the call is admitted.</returns>
    public bool TryEnter(bool mayBeAbandoned, out Ticket ticket, out Signal[] caused)
    {
        caused = [];
        while (true)
        {
            var phase = Phase;
            if (phase is EvictedPhase)
            {
                // The group has another circuit for the key now.
                return Membership!.Successor(evenIfFull: false).TryEnter(mayBeAbandoned, out ticket, out caused);
            }

            var result = phase.Admit(mayBeAbandoned, out ticket, out var signal);
            if (signal is not null)
            {
                caused = [.. caused, signal];
            }

            if (result != AdmitResult.TryAgain)
            {
                return result == AdmitResult.Admitted;
            }
        }
    }

    public bool IsCurrent(Phase phase) => ReferenceEquals(Phase, phase);

    /// <summary>Returns the object that continues a phase after a reconfiguration or a would-trip, or the phase itself if it has ended.</summary>
    public Phase Latest(Phase phase) => Phase is var current && current.Number == phase.Number ? current : phase;

    /// <summary>
    /// Settles a call that its phase object cannot count, because another object continues the phase or the phase has ended.
    /// </summary>
    /// <param name="from">The phase object that could not count the call.</param>
    /// <param name="ticket">The ticket of the call.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">The duration of the call in ticks of 100 ns, or <see cref="Unmeasured"/>.</param>
    /// <param name="hint">What the call says about the trip that it may cause.</param>
    public Signal? SettleLate(Phase from, Ticket ticket, Verdict verdict, long durationTicks, TripHint hint)
    {
        // If another object continues the phase, for example after a would-trip, the result is not stale.
        var latest = Latest(from);
        return ReferenceEquals(latest, from)
            ? SettleStale(from, ticket, verdict, durationTicks)
            : latest.Settle(ticket, verdict, durationTicks, hint);
    }

    /// <summary>Settles a call whose result has no effect on the state. Like every call, it first settles the probes whose leases have expired.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // It is rare, and the settling of every call would contain it.
    public Signal? SettleStale(Phase from, Ticket ticket, Verdict verdict, long durationTicks)
    {
        var caused = Phase.ExpireLeases(Clock.Now);
        AddStale(from, ticket, verdict, durationTicks);
        return caused;
    }

    private void AddStale(Phase from, Ticket ticket, Verdict verdict, long durationTicks)
    {
        var time = ticket.Elapsed(Clock, durationTicks);
        var counted = ticket.Probe is { Expired: true };
        Totals.AddStale(from, verdict, time.Ticks, counted);
        if (!counted && time.IsExact)
        {
            Durations?.Record(from.State, time.Ticks);
        }

        if (ticket.Probe is { Expired: true, Lease: var lease } && verdict == Verdict.Success)
        {
            Notify((name, now) => new LeaseExceededNotice(name, now, TimeSpan.FromTicks(time.Ticks), lease));
        }
    }

    public void Notify(Func<string, DateTimeOffset, Notice> notice)
    {
        if (_timeline is not { } timeline)
        {
            // A part of the first phase failed to start. Listeners receive the notice after they are attached.
            (_earlyNotices ??= []).Add(notice);
        }
        else if (timeline.TryNotify(() => notice(Name, Clock.UtcNow)))
        {
            timeline.Deliver();
        }
    }

    public void OnTimer()
    {
        var phase = _timeline.Phase;
        if (phase.Rules.ProbeWithoutTraffic)
        {
            phase.OnTimer(Clock.Now);
        }
    }

    /// <summary>Schedules the timer for a phase.</summary>
    public void ScheduleTimer(Phase phase, TimeSpan due)
    {
        _probeTimer?.Schedule(due);

        // All phases share one timer. If the phase has ended, this call may have replaced the due time of the current phase. OnTimer sets
        // it again.
        if (_timeline.Phase is var current && !ReferenceEquals(current, phase) && current.Rules.ProbeWithoutTraffic)
        {
            current.OnTimer(Clock.Now);
        }
    }

    public void SignalDropped(Signal signal)
    {
        Totals.AddDropped();
        Notify((name, now) => new SignalsDroppedNotice(name, now, signal));
    }
}
