using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <summary>
/// One circuit. It outlives the pipelines built around it: give the same breaker to as many as share a dependency, generic or not, or use
/// it without any through <see cref="TryAdmit"/> and <see cref="Settle(Admission, Verdict, TimeSpan?, TimeSpan?)"/>.
/// </summary>
/// <remarks>
/// Thread-safe. A closed circuit takes no lock, allocates nothing and reads no clock that no rule asks for. The rules are in the README.
/// </remarks>
public sealed partial class FluxgateBreaker : IDisposable, IAsyncDisposable
{
    internal const long Unmeasured = -1;

    private readonly Timeline _timeline;
    private Wakeup? _wakeup;
    private readonly IReadOnlyList<ICircuitListener> _listeners;
    private readonly TimeSpan _flushTimeout;
    private List<Func<string, DateTimeOffset, Notice>>? _early;
    private int _disposed;

    /// <summary>Creates a breaker in its initial state.</summary>
    /// <param name="name">The circuit's name in signals, metrics and exceptions: 1 to 256 characters of anything.</param>
    /// <param name="settings">The parts; the defaults of <see cref="FluxgateBreakerSettings"/> unless given. Copied.</param>
    /// <param name="timeProvider">The breaker's one clock; the system's unless given.</param>
    /// <exception cref="ArgumentException">The name or a setting is out of range or missing; the message names it, its value and what is allowed.</exception>
    public FluxgateBreaker(string name, FluxgateBreakerSettings? settings = null, TimeProvider? timeProvider = null)
        : this(name, settings ?? new(), new Clock(timeProvider ?? TimeProvider.System)) => Attach();

    internal FluxgateBreaker(string name, FluxgateBreakerSettings settings, Clock clock)
    {
        Name = Require.CircuitName(name);
        Clock = clock;
        UserCode = new(this);
        clock.Failed = UserCode.ClockFailed;
        var rules = new Rules(settings, Clock, UserCode);
        _flushTimeout = settings.ListenerFlushTimeout;
        _listeners =
        [
            .. settings.Listeners.Select(listener =>
                listener as ICircuitListener ?? new ListenerQueue((IAsyncCircuitListener)listener, settings.ListenerQueueCapacity, this)
            ),
        ];
        Durations = Durations.AskedBy(settings.Listeners, this);
        _wakeup = rules.ProbeWithoutTraffic ? new(this, Clock.Provider) : null;

        var start = new PhaseStart(this, rules, 1, History.None, Reason.Initial, Clock.Now, Clock.UtcNow, Before: null);
        _timeline = new(
            NewPhase(
                settings.InitialState,
                start,
                settings.InitialState == BreakerState.Open ? UserCode.BreakFor(rules, 0, Reason.Initial) : default
            )
        );
        _timeline.Attach(this, _listeners);
        _early?.ForEach(Notify);
        _early = null;
    }

    /// <summary>The circuit's name.</summary>
    public string Name { get; }

    /// <summary>The state at this moment. A break that is over shows as open until a call (or a timer, see <see cref="FluxgateBreakerSettings.ProbeWithoutTraffic"/>) ends it.</summary>
    public BreakerState State => _timeline.Phase.State;

    /// <summary>The breaker's clock.</summary>
    public TimeProvider TimeProvider => Clock.Provider;

    /// <summary>What is allowed in its settings but likely not meant; see <see cref="FluxgateBreakerSettings.Warnings"/>.</summary>
    public IReadOnlyList<string> Warnings => _timeline.Phase.Rules.Warnings;

    internal Clock Clock { get; }

    internal Totals Totals { get; } = new();

    internal UserCode UserCode { get; }

    /// <summary><see langword="null"/> where no listener asks for durations.</summary>
    internal Durations? Durations { get; }

    /// <summary>Everything the breaker knows about itself at one moment.</summary>
    /// <returns>The state with its reason, the totals, the window and the probes. They cannot disagree: all belong to one phase.</returns>
    public BreakerSnapshot Snapshot()
    {
        while (true)
        {
            // The window first, outside of every lock: it may be a user's. What settles meanwhile cannot make it larger than the totals.
            var phase = _timeline.Phase;
            var reading = phase.Read();
            if (Totals.TryRead(_timeline, phase, out var totals))
            {
                return new(Name, totals, reading, this);
            }
        }
    }

    /// <summary>Asks to let a call in.</summary>
    /// <param name="admission">What the call holds until it settles, when it is let in.</param>
    /// <returns><see langword="true"/> when the call may go; <see langword="false"/> when it is rejected.</returns>
    public bool TryAdmit([NotNullWhen(true)] out Admission? admission)
    {
        admission = TryEnter(out var ticket, out _) ? new(ticket) : null;
        return admission is not null;
    }

    /// <summary>Lets a call in or throws.</summary>
    /// <returns>What the call holds until it settles.</returns>
    /// <exception cref="CallNotPermittedException">The call is rejected.</exception>
    public Admission Admit() => TryEnter(out var ticket, out _) ? new(ticket) : throw CallNotPermittedException.By(ticket);

    /// <summary>Settles a call that this breaker let in.</summary>
    /// <param name="admission">What the call was let in with.</param>
    /// <param name="verdict">What it counts as.</param>
    /// <param name="duration">How long it took, at least zero; measured since it was let in unless given.</param>
    /// <param name="breakFor">How long to break if this failure opens the circuit, greater than zero; what is configured unless given.</param>
    /// <returns>The transition that this caused, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">The admission was settled before.</exception>
    /// <exception cref="ArgumentException">The admission is of another breaker, or an argument is out of range.</exception>
    public Signal? Settle(Admission admission, Verdict verdict, TimeSpan? duration = null, TimeSpan? breakFor = null)
    {
        Require.NotNull(admission);
        return ReferenceEquals(admission.Breaker, this)
            ? admission.Settle(verdict, duration, breakFor)
            : throw new ArgumentException(
                $"admission must be one of circuit '{Name}', but is one of another breaker named '{admission.Breaker.Name}'.",
                nameof(admission)
            );
    }

    internal bool TryEnter(out Ticket ticket, out Caused caused)
    {
        caused = default;
        while (true)
        {
            switch (_timeline.Phase.Admit(out ticket, ref caused))
            {
                case Admittance.Admitted:
                    return true;
                case Admittance.Rejected:
                    return false;
            }
        }
    }

    internal bool IsCurrent(Phase phase) => ReferenceEquals(_timeline.Phase, phase);

    internal static Signal? Settle(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks = 0) =>
        (ticket.Phase.GoesOn ? ticket.Phase.Breaker.Latest(ticket.Phase) : ticket.Phase).Settle(ticket, verdict, durationTicks, breakTicks);

    /// <summary>The object in which a phase goes on after reconfigurations; the phase itself when it is over.</summary>
    private Phase Latest(Phase phase) => _timeline.Phase is var current && current.Number == phase.Number ? current : phase;

    /// <summary>Settles a call whose phase object is no longer the current one.</summary>
    internal Signal? SettleLate(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks)
    {
        var current = _timeline.Phase;
        if (current.Number == ticket.Phase.Number && !ReferenceEquals(current, ticket.Phase))
        {
            // The same phase goes on in another object, after a would-trip: not stale.
            return current.Settle(new(current, ticket.Timestamp, ticket.Probe), verdict, durationTicks, breakTicks);
        }

        var now = Clock.Now;
        var exactly = durationTicks >= 0 || ticket.IsTimed;
        if (durationTicks < 0)
        {
            var clock = ticket.ClockOf(Clock);
            exactly &= ReferenceEquals(clock, Clock);
            durationTicks = ticket.ElapsedTicks(Clock, ReferenceEquals(clock, Clock) ? now : clock.Now);
        }

        var counted = ticket.Probe is { Expired: true };
        Totals.AddStale(ticket.Phase, verdict, durationTicks, counted);
        if (!counted && exactly)
        {
            Durations?.Record(ticket.Phase.State, durationTicks);
        }

        return current.ExpireLeases(now);
    }

    internal void Notify(Func<string, DateTimeOffset, Notice> notice)
    {
        if (_timeline is not { } timeline)
        {
            // A part of the very first phase failed to start: listeners hear of it when they are attached.
            (_early ??= []).Add(notice);
        }
        else if (timeline.TryNotify(() => notice(Name, Clock.UtcNow)))
        {
            timeline.Deliver();
        }
    }

    internal void Wake()
    {
        var phase = _timeline.Phase;
        if (phase.Rules.ProbeWithoutTraffic)
        {
            phase.Wake(Clock.Now);
        }
    }

    /// <summary>Wakes a phase in so long, if it is still there then.</summary>
    internal void WakeAfter(Phase phase, TimeSpan due)
    {
        _wakeup?.After(due);

        // There is one timer: where the phase was over by now, this may have come after the current one's.
        if (_timeline.Phase is var current && !ReferenceEquals(current, phase) && current.Rules.ProbeWithoutTraffic)
        {
            current.Wake(Clock.Now);
        }
    }

    internal void SignalDropped(Signal signal)
    {
        Totals.AddDropped();
        Notify((name, now) => new SignalsDroppedNotice(name, now, signal));
    }
}
