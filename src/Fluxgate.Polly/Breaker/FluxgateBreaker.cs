using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <summary>
/// One circuit. It outlives the pipelines that use it, so all pipelines of one dependency can share it, generic or not. To use it without a
/// pipeline, call <see cref="TryAdmit(out Admission?)"/> and <see cref="Settle(Admission, Verdict, TimeSpan?, TimeSpan?)"/>.
/// </summary>
/// <remarks>
/// Thread-safe. An ordinary call through a closed circuit takes no lock and allocates nothing. It reads a clock only where a rule, a listener or
/// <see cref="FluxgateBreakerSettings.AbandonedAfter"/> needs the time. The rules of
/// the state machine are in docs/rules.md.
/// </remarks>
public sealed partial class FluxgateBreaker : IDisposable, IAsyncDisposable
{
    private readonly AttachedListener[] _listeners;
    private readonly ListenerQueue[] _queues;
    private readonly TimeSpan _flushTimeout;

    /// <summary>Creates a breaker in its initial state.</summary>
    /// <param name="name">The circuit's name in signals, metrics and exceptions: 1 to 256 characters. All characters are allowed.</param>
    /// <param name="settings">The settings, which are copied. By default, those of a new <see cref="FluxgateBreakerSettings"/>.</param>
    /// <param name="timeProvider">The clock of the breaker; by default, the system's.</param>
    /// <exception cref="ArgumentException">The name or a setting is out of range or missing. The message names it, its value and what is allowed.</exception>
    public FluxgateBreaker(string name, FluxgateBreakerSettings? settings = null, TimeProvider? timeProvider = null)
        : this(Require.CircuitName(name), settings ?? new(), Clock.Of(timeProvider)) => Attach();

    internal FluxgateBreaker(
        string? name,
        FluxgateBreakerSettings settings,
        Clock clock,
        Membership? membership = null,
        Durations? durations = null
    )
    {
        Machine = new(name, clock, membership);
        var rules = settings.ToRules();
        _flushTimeout = settings.ListenerFlushTimeout;
        ICircuitListener[] listeners =
        [
            .. settings.Listeners.Select(listener =>
                listener as ICircuitListener ?? new ListenerQueue((IAsyncCircuitListener)listener, settings.ListenerQueueCapacity, this)
            ),
        ];
        _queues = [.. listeners.OfType<ListenerQueue>()];
        _listeners = [.. listeners.Select(listener => new AttachedListener(this, listener))];
        Machine.Start(rules, settings.InitialState, durations ?? DurationsOf(settings.Listeners), _listeners);
    }

    /// <summary>Gets the circuit's name.</summary>
    public string Name => Machine.Name;

    /// <summary>Gets the name of the group that the breaker belongs to, or <see langword="null"/> if it belongs to none.</summary>
    public string? GroupName => Machine.Membership?.GroupName;

    /// <summary>Gets the key of the breaker in its group; <see langword="null"/> without a group, and for the shared breaker, which serves the keys that have no breaker of their own.</summary>
    public string? Key => Machine.Membership?.Key;

    /// <summary>Gets the current state. After the break duration has elapsed, the state remains open until the next call, or until the timer of <see cref="FluxgateBreakerSettings.ProbeWithoutTraffic"/>.</summary>
    public BreakerState State => Machine.CurrentOrThis.Phase.State;

    /// <summary>Gets the breaker's clock.</summary>
    public TimeProvider TimeProvider => Machine.Clock.Provider;

    /// <summary>Gets the warnings about the current settings; see <see cref="FluxgateBreakerSettings.Warnings"/>.</summary>
    public IReadOnlyList<string> Warnings => Machine.CurrentOrThis.Phase.Rules.Warnings;

    /// <summary>Gets the breaker's own state machine. If it belongs to a group, it may have been evicted.</summary>
    internal StateMachine Machine { get; }

    /// <summary>Returns a snapshot of the breaker at one moment.</summary>
    /// <returns>The state with its reason, the totals, the window and the probes. They are consistent: all belong to one phase.</returns>
    public BreakerSnapshot Snapshot() => new(Machine.CurrentOrThis);

    /// <summary>Admits or rejects a call.</summary>
    /// <param name="admission">The admission, which the call holds until it settles; <see langword="null"/> if the call is rejected.</param>
    /// <returns><see langword="true"/> if the call is admitted; <see langword="false"/> if it is rejected.</returns>
    public bool TryAdmit([NotNullWhen(true)] out Admission? admission)
    {
        admission = Machine.TryEnter(mayBeAbandoned: true, out var ticket, out _) ? new(this, ticket) : null;
        return admission is not null;
    }

    /// <summary>Admits or rejects a call, and returns the reason for a rejection.</summary>
    /// <param name="admission">The admission, which the call holds until it settles; <see langword="null"/> if the call is rejected.</param>
    /// <param name="rejection">The exception for the caller, which has not been thrown; <see langword="null"/> if the call is admitted.</param>
    /// <returns><see langword="true"/> if the call is admitted; <see langword="false"/> if it is rejected.</returns>
    public bool TryAdmit([NotNullWhen(true)] out Admission? admission, [NotNullWhen(false)] out CallNotPermittedException? rejection)
    {
        var admitted = Machine.TryEnter(mayBeAbandoned: true, out var ticket, out _);
        (admission, rejection) = admitted ? (new(this, ticket), null) : ((Admission?)null, CallNotPermittedException.By(ticket));
        return admitted;
    }

    /// <summary>Admits a call, or throws.</summary>
    /// <returns>The admission, which the call holds until it settles.</returns>
    /// <exception cref="CallNotPermittedException">The call is rejected.</exception>
    public Admission Admit() =>
        Machine.TryEnter(mayBeAbandoned: true, out var ticket, out _) ? new(this, ticket) : throw CallNotPermittedException.By(ticket);

    /// <summary>Settles a call that this breaker admitted.</summary>
    /// <param name="admission">The admission of the call.</param>
    /// <param name="verdict">How the call counts.</param>
    /// <param name="duration">The duration of the call, at least zero. By default, the time since it was admitted. Used only if a rule or a listener requires durations.</param>
    /// <param name="breakFor">The break duration to use if this failure opens the circuit, greater than zero. By default, the configured break duration.</param>
    /// <returns>The transition that the call caused, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">The admission has already been settled.</exception>
    /// <exception cref="ArgumentException">The admission belongs to another breaker, or an argument is out of range or <see langword="null"/>.</exception>
    public Signal? Settle(Admission admission, Verdict verdict, TimeSpan? duration = null, TimeSpan? breakFor = null)
    {
        Require.NotNull(admission);
        return ReferenceEquals(admission.Breaker, this)
            ? admission.Settle(verdict, duration, breakFor)
            : throw new ArgumentException(
                $"admission must belong to the breaker '{Name}', but belongs to another breaker named '{admission.Breaker.Name}'.",
                nameof(admission)
            );
    }

    /// <summary>Counts and reports an exception of user code that classifies calls outside of a pipeline, such as a predicate. The caller of the call should still receive its own outcome.</summary>
    /// <param name="source">What threw the exception.</param>
    /// <param name="error">The exception.</param>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="source"/> is not a known value.</exception>
    public void ReportUserError(UserErrorSource source, Exception error)
    {
        Require.NotNull(error);
        if (!Enum.IsDefined(source))
        {
            throw new ArgumentOutOfRangeException(
                nameof(source),
                source,
                $"source must be a UserErrorSource, but is {RuleText.Number((int)source)}."
            );
        }

        Machine.CurrentOrThis.UserCode.ReportError(source, error);
    }

    /// <summary>Closes the circuit, from every state. If it is closed already, starts a new phase with an empty window and raises no signal.</summary>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit was closed.</returns>
    public Signal? Reset(string? reason = null) => MoveTo(BreakerState.Closed, reason);

    /// <summary>Opens the circuit, which later recovers as usual. If it is open already, this is a no-op and the deadline does not move.</summary>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit was open.</returns>
    public Signal? Trip(string? reason = null) => MoveTo(BreakerState.Open, reason);

    /// <summary>
    /// Opens a closed or half-open circuit for a given time, and counts a would-trip in metrics-only. An open circuit keeps its deadline, and a
    /// disabled or forced-open one its state.
    /// </summary>
    /// <param name="breakFor">The break duration, greater than zero. It replaces the configured break duration.</param>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <param name="onlyPhase">
    /// The number of the only phase in which the circuit may open, from <see cref="BreakerSnapshot.PhaseNumber"/>. In any other phase, this is a
    /// no-op, also if the phase changes at the same moment. The numbers of a circuit that its group has evicted begin again. By default, any phase.
    /// </param>
    /// <param name="kind">The kind of the reason: <see cref="ReasonKind.Manual"/> or <see cref="ReasonKind.Fleet"/>.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit did not open.</returns>
    /// <remarks><c>MaxOpenRatio</c> of a group does not limit manual calls.</remarks>
    /// <exception cref="ArgumentException"><paramref name="breakFor"/> or <paramref name="kind"/> is out of range.</exception>
    public Signal? TripFor(TimeSpan breakFor, string? reason = null, long? onlyPhase = null, ReasonKind kind = ReasonKind.Manual)
    {
        Require.Positive(breakFor);
        return Machine.CurrentOrThis.Trip(ReasonOf(BreakerState.Open, kind, reason), breakFor, onlyPhase);
    }

    /// <summary>Moves the circuit to half-open, so that probing starts now. If it is half-open already, this is a no-op and the probes keep their leases.</summary>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit was half-open.</returns>
    public Signal? Probe(string? reason = null) => MoveTo(BreakerState.HalfOpen, reason);

    /// <summary>Rejects all calls until the next manual call. If the circuit is forced open already, this is a no-op.</summary>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit was forced open.</returns>
    public Signal? ForceOpen(string? reason = null) => MoveTo(BreakerState.ForcedOpen, reason);

    /// <summary>Admits all calls and records nothing until the next manual call. If the circuit is disabled already, this is a no-op.</summary>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit was disabled.</returns>
    public Signal? Disable(string? reason = null) => MoveTo(BreakerState.Disabled, reason);

    /// <summary>Admits and records all calls, and counts how often the tripper would have opened the circuit, until the next manual call. If the circuit is metrics-only already, this is a no-op.</summary>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit was metrics-only.</returns>
    public Signal? MetricsOnly(string? reason = null) => MoveTo(BreakerState.MetricsOnly, reason);

    /// <summary>Moves the circuit from any state to the given state, and records who requested it. Does what <see cref="Reset"/> does for closed, <see cref="Trip"/> for open, <see cref="Probe"/> for half-open, and the method of the same name for each other state.</summary>
    /// <param name="state">The state to move to.</param>
    /// <param name="reason">The reason in the signal; by default, a generic text.</param>
    /// <param name="kind">The kind of the reason: <see cref="ReasonKind.Manual"/> or <see cref="ReasonKind.Fleet"/>.</param>
    /// <returns>The transition, or <see langword="null"/> if the circuit was in this state.</returns>
    /// <exception cref="ArgumentException"><paramref name="state"/> or <paramref name="kind"/> is out of range.</exception>
    public Signal? MoveTo(BreakerState state, string? reason = null, ReasonKind kind = ReasonKind.Manual) =>
        state.IsKnown()
            ? Machine.Command(state, ReasonOf(state, kind, reason))
            : throw new ArgumentOutOfRangeException(
                nameof(state),
                state,
                $"state must be a BreakerState, but is {RuleText.Number((int)state)}."
            );

    /// <summary>Ignores every call that its caller abandons after the application has begun to stop, because stopping cancels calls. By default, no call is ignored for this reason.</summary>
    /// <param name="stopping">The token that is canceled when the application begins to stop, such as <c>IHostApplicationLifetime.ApplicationStopping</c>. It replaces an earlier one.</param>
    /// <remarks>The breakers of a container have the token of the host. See <see cref="FluxgateBreakerSettings.AbandonedAfter"/>. Thread-safe.</remarks>
    public void IgnoreAbandonedCallsOnShutdown(CancellationToken stopping) => Machine.CurrentOrThis.Stopping = stopping;

    /// <summary>Returns a copy of the current settings. Change it and pass it to <see cref="Reconfigure"/>.</summary>
    /// <returns>The settings that <see cref="Reconfigure"/> applies. The others, such as the listeners, have their defaults.</returns>
    public FluxgateBreakerSettings CopySettings() => FluxgateBreakerSettings.Of(Machine.CurrentOrThis.Phase.Rules);

    /// <summary>Replaces all settings without losing state. The phase keeps its number, so calls in flight remain current.</summary>
    /// <param name="settings">
    /// The new settings, which are copied. Settings that are not set return to their defaults; to change only some, start from
    /// <see cref="CopySettings"/>. Window, tripper, break duration, permit, recovery, lease, probe gate, randomizer,
    /// <see cref="FluxgateBreakerSettings.AbandonedAfter"/> and <see cref="FluxgateBreakerSettings.ProbeWithoutTraffic"/> take effect. The listeners,
    /// their queues, the flush timeout and the initial state do not change.
    /// </param>
    /// <returns>The changes, one line per setting. Empty if no setting changed; this is a no-op.</returns>
    /// <remarks>
    /// Probes, leases and streaks are kept. The window is kept if its shape and the slow-call durations are the same; otherwise it starts
    /// empty. While the circuit is open, the deadline moves only if the break duration changed: a new duration is drawn, and counts from the
    /// start of the break. A postponement by a probe gate remains, unless this changes the break duration or the gate. Listeners receive a <see cref="ReconfiguredNotice"/>. Thread-safe.
    /// </remarks>
    /// <exception cref="ArgumentException">A setting is invalid; the message is that of the constructor. The current settings remain in effect.</exception>
    public IReadOnlyList<string> Reconfigure(FluxgateBreakerSettings settings) =>
        Machine.ForCommands().Reconfigure(Require.NotNull(settings).ToRules());

    private static Reason ReasonOf(BreakerState state, ReasonKind kind, string? text)
    {
        if (kind is not (ReasonKind.Manual or ReasonKind.Fleet))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, $"kind must be Manual or Fleet, but is {kind}.");
        }

        var done = state switch
        {
            BreakerState.Closed => "reset",
            BreakerState.Open => "tripped",
            BreakerState.HalfOpen => "probing",
            BreakerState.MetricsOnly => "metrics only",
            BreakerState.Disabled => "disabled",
            _ => "forced open",
        };
        return new(kind, text ?? (kind == ReasonKind.Fleet ? $"{done} by the fleet" : $"{done} by hand"));
    }
}
