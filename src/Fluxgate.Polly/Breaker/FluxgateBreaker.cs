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
    private readonly AttachedListener[] _listeners;
    private readonly ListenerQueue[] _queues;
    private readonly TimeSpan _flushTimeout;

    /// <summary>Creates a breaker in its initial state.</summary>
    /// <param name="name">The circuit's name in signals, metrics and exceptions: 1 to 256 characters of anything.</param>
    /// <param name="settings">The parts; the defaults of <see cref="FluxgateBreakerSettings"/> unless given. Copied.</param>
    /// <param name="timeProvider">The breaker's one clock; the system's unless given.</param>
    /// <exception cref="ArgumentException">The name or a setting is out of range or missing; the message names it, its value and what is allowed.</exception>
    public FluxgateBreaker(string name, FluxgateBreakerSettings? settings = null, TimeProvider? timeProvider = null)
        : this(name, settings ?? new(), Clock.Of(timeProvider)) => Attach();

    internal FluxgateBreaker(string name, FluxgateBreakerSettings settings, Clock clock)
    {
        Machine = new(Require.CircuitName(name), clock);
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
        Machine.Start(rules, settings.InitialState, DurationsOf(settings.Listeners), _listeners);
    }

    /// <summary>The circuit's name.</summary>
    public string Name => Machine.Name;

    /// <summary>The state at this moment. A break that is over shows as open until a call (or a timer, see <see cref="FluxgateBreakerSettings.ProbeWithoutTraffic"/>) ends it.</summary>
    public BreakerState State => Machine.Phase.State;

    /// <summary>The breaker's clock.</summary>
    public TimeProvider TimeProvider => Machine.Clock.Provider;

    /// <summary>What is allowed in its settings but likely not meant; see <see cref="FluxgateBreakerSettings.Warnings"/>.</summary>
    public IReadOnlyList<string> Warnings => Machine.Phase.Rules.Warnings;

    internal StateMachine Machine { get; }

    /// <summary>Everything the breaker knows about itself at one moment.</summary>
    /// <returns>The state with its reason, the totals, the window and the probes. They cannot disagree: all belong to one phase.</returns>
    public BreakerSnapshot Snapshot()
    {
        var totals = Machine.Read(out var reading);
        return new(totals, reading, Machine);
    }

    /// <summary>Asks to let a call in.</summary>
    /// <param name="admission">What the call holds until it settles, when it is let in.</param>
    /// <returns><see langword="true"/> when the call may go; <see langword="false"/> when it is rejected.</returns>
    public bool TryAdmit([NotNullWhen(true)] out Admission? admission)
    {
        admission = Machine.TryEnter(out var ticket, out _) ? new(this, ticket) : null;
        return admission is not null;
    }

    /// <summary>Lets a call in or throws.</summary>
    /// <returns>What the call holds until it settles.</returns>
    /// <exception cref="CallNotPermittedException">The call is rejected.</exception>
    public Admission Admit() => Machine.TryEnter(out var ticket, out _) ? new(this, ticket) : throw CallNotPermittedException.By(ticket);

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

    /// <summary>Closes the circuit, from every state. While closed it begins anew with an empty window and raises no signal.</summary>
    /// <param name="reason">What the signal says; a default text unless given.</param>
    /// <returns>The transition, or <see langword="null"/> when the circuit was closed.</returns>
    public Signal? Reset(string? reason = null) => Machine.Command(BreakerState.Closed, reason ?? "reset by hand");

    /// <summary>Opens the circuit, with normal recovery. While open it does nothing: the deadline stays.</summary>
    /// <param name="reason">What the signal says; a default text unless given.</param>
    /// <returns>The transition, or <see langword="null"/> when the circuit was open.</returns>
    public Signal? Trip(string? reason = null) => Machine.Command(BreakerState.Open, reason ?? "tripped by hand");

    /// <summary>Starts probing now. While half-open it does nothing: probes and their leases stay.</summary>
    /// <param name="reason">What the signal says; a default text unless given.</param>
    /// <returns>The transition, or <see langword="null"/> when the circuit was half-open.</returns>
    public Signal? Probe(string? reason = null) => Machine.Command(BreakerState.HalfOpen, reason ?? "probing by hand");

    /// <summary>Rejects all calls until another manual call.</summary>
    /// <param name="reason">What the signal says; a default text unless given.</param>
    /// <returns>The transition, or <see langword="null"/> when the circuit was forced open.</returns>
    public Signal? ForceOpen(string? reason = null) => Machine.Command(BreakerState.ForcedOpen, reason ?? "forced open by hand");

    /// <summary>Lets all calls in and records nothing until another manual call.</summary>
    /// <param name="reason">What the signal says; a default text unless given.</param>
    /// <returns>The transition, or <see langword="null"/> when the circuit was disabled.</returns>
    public Signal? Disable(string? reason = null) => Machine.Command(BreakerState.Disabled, reason ?? "disabled by hand");

    /// <summary>Lets all calls in, records them and counts what the tripper would have done, until another manual call.</summary>
    /// <param name="reason">What the signal says; a default text unless given.</param>
    /// <returns>The transition, or <see langword="null"/> when the circuit was metrics-only.</returns>
    public Signal? MetricsOnly(string? reason = null) => Machine.Command(BreakerState.MetricsOnly, reason ?? "metrics only by hand");

    /// <summary>The settings in force, as a copy to change and <see cref="Reconfigure"/> with.</summary>
    /// <returns>All that <see cref="Reconfigure"/> heeds; the rest, such as the listeners, is as in new settings.</returns>
    public FluxgateBreakerSettings CopySettings() => FluxgateBreakerSettings.Of(Machine.Phase.Rules);

    /// <summary>Goes on under other settings without losing state: the phase keeps its number, so calls in flight stay current.</summary>
    /// <param name="settings">
    /// The new settings, copied; what is not set is at its default (see <see cref="CopySettings"/> to change some only). Window, tripper, break duration, permit, recovery, lease, randomizer and
    /// <see cref="FluxgateBreakerSettings.ProbeWithoutTraffic"/> take effect; listeners, their queues and the initial state stay those of
    /// the beginning.
    /// </param>
    /// <returns>What changed, one line a setting; empty, and nothing was done, when nothing did.</returns>
    /// <remarks>
    /// Probes, leases and streaks stay; so does the window where it is of the same shape and counts the same slow-call durations, else it
    /// starts empty. While open the deadline moves only when the break duration changed: a new one is drawn and counts from the beginning
    /// of the break. Listeners hear a <see cref="ReconfiguredNotice"/>. Thread-safe.
    /// </remarks>
    /// <exception cref="ArgumentException">A setting is refused, with the message of the constructor; the old ones stay in force.</exception>
    public IReadOnlyList<string> Reconfigure(FluxgateBreakerSettings settings) => Machine.Reconfigure(Require.NotNull(settings).ToRules());
}
