namespace Fluxgate;

/// <summary>
/// One numbered stay in one state. The window, permits and leases belong to the phase. Each state has a subclass that admits and settles
/// calls.
/// </summary>
internal abstract class Phase(PhaseStart start)
{
    private const long NotBegun = long.MinValue;

    private long _endBegunAt = NotBegun;
    private bool _isReconfigured;

    public StateMachine Machine { get; } = start.Machine;

    public Rules Rules { get; } = start.Rules;

    /// <summary>Gets the phase's number. A result that carries another number is stale.</summary>
    public long Number { get; } = start.Number;

    public History History { get; } = start.History;

    /// <summary>Gets the reason for the current state.</summary>
    public Reason Reason { get; } = start.Reason;

    /// <summary>Gets the start of the phase on the monotonic clock.</summary>
    public long StartedAt { get; } = start.Timestamp;

    /// <summary>Gets the start of the phase on the wall clock.</summary>
    public DateTimeOffset EnteredAt { get; } = start.EnteredAt;

    public Ledger Ledger { get; } = start.Rules.LedgerAfter(start.Reconfigures);

    /// <summary>
    /// Gets or sets the previous phase, until its counters are sealed and added to the totals. Guarded by the lock of <see cref="Totals"/>.
    /// </summary>
    public Phase? Unfolded { get; set; } = start.Previous;

    /// <summary>Gets the calls in flight that this closed phase, or the last one before this phase, admitted; <see langword="null"/> without a slow-call rule.</summary>
    public CallsInFlight? InFlight { get; protected init; } = start.Previous?.InFlight;

    public abstract BreakerState State { get; }

    /// <summary>Gets whether the durations of the calls that this phase admits matter to a rule or a listener.</summary>
    public bool TimesCalls { get; protected init; }

    protected Clock Clock => Machine.Clock;

    protected UserCode UserCode => Machine.UserCode;

    /// <summary>Admits or rejects a call.</summary>
    /// <param name="mayBeAbandoned">Whether the caller can give up. Then the call needs a start time.</param>
    /// <param name="ticket">The ticket of the admitted call, or a ticket with the phase that rejected the call.</param>
    /// <param name="caused">The transition that this admission caused, or <see langword="null"/>.</param>
    public abstract AdmitResult Admit(bool mayBeAbandoned, out Ticket ticket, out Signal? caused);

    /// <summary>Records the verdict of a call that this phase admitted.</summary>
    /// <param name="ticket">The ticket of the call.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">The duration of the call in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <param name="hint">What the call says about the trip that it may cause.</param>
    /// <returns>The transition that this call caused, or <see langword="null"/>.</returns>
    public abstract Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, TripHint hint);

    /// <summary>Settles the probes whose leases have expired.</summary>
    /// <returns>The transition that an expired lease caused, or <see langword="null"/>.</returns>
    public virtual Signal? ExpireLeases(long now) => null;

    /// <summary>Runs the work of the timer: ends an elapsed break, or settles expired leases.</summary>
    public virtual void OnTimer(long now) { }

    /// <summary>Returns the time until a rejected call may try again; <see langword="null"/> if it is unknown.</summary>
    public virtual TimeSpan? RetryAfter(CallStart rejection) => null;

    /// <summary>Evaluates the parts again after another object of this phase made a decision that came too late to take effect.</summary>
    /// <param name="from">The other object.</param>
    /// <param name="failures">The failures in a row when the call was recorded there; 0 if they do not matter.</param>
    /// <param name="hint">What the call says about the trip that it may cause.</param>
    public virtual Signal? Reevaluate(Phase from, long failures, TripHint hint) => null;

    /// <summary>Reads the window and the consecutive results. It may run user code.</summary>
    public virtual PhaseReading Read() => default;

    /// <summary>
    /// Gets the time from which the phase is idle if no call comes; <see langword="null"/> if only a manual call ends it and it is not the
    /// initial state, so that it must be kept. The initial state need not be kept: a new circuit begins with it.
    /// </summary>
    public virtual long? IdleFrom => Reason.Kind == ReasonKind.Initial ? StartedAt : null;

    /// <summary>Frees memory that a circuit without calls does not need.</summary>
    public virtual void Compact() { }

    /// <summary>Reads the calls in flight of a slow-call rule. Returns nothing if the thresholds were reconfigured while the circuit was not closed.</summary>
    public InFlightReading ReadInFlight() =>
        InFlight is { } calls && calls.Epochs.Thresholds.IsEquivalentTo(Rules.SlowThresholds) ? calls.Read() : default;

    /// <summary>Gets the number of probes that have not settled.</summary>
    public virtual int ProbesInFlight => 0;

    /// <summary>
    /// Claims the right to decide how the phase ends, which runs user code. If several calls see the tripper fire, only one of them opens the
    /// circuit; if several see that a break is over, only one of them asks the probe gate.
    /// </summary>
    /// <param name="isHanging">Whether another call has held the right for longer than user code may take.</param>
    public bool TryBeginEnd(out bool isHanging)
    {
        var now = Clock.Now;
        var begunAt = Interlocked.CompareExchange(ref _endBegunAt, now, NotBegun);
        isHanging =
            begunAt != NotBegun
            && Clock.Between(begunAt, now) >= FluxgateDefaults.UserCodePatience
            && Interlocked.CompareExchange(ref _endBegunAt, now, begunAt) == begunAt;
        return isHanging || begunAt == NotBegun;
    }

    /// <summary>Releases the right to decide how the phase ends.</summary>
    public void CancelEnd() => Volatile.Write(ref _endBegunAt, NotBegun);

    /// <summary>Notes that a reconfiguration is about to continue the phase in another object. Called before the swap.</summary>
    public void MarkReconfigured() => Volatile.Write(ref _isReconfigured, true);

    /// <summary>
    /// Gets whether a reconfiguration has continued the phase in another object, or is about to. Read it after the fence of a recording: if
    /// it is false, the recording precedes the swap.
    /// </summary>
    public bool IsReconfigured => Volatile.Read(ref _isReconfigured);

    protected AdmitResult Reject(CallStart rejection, out Ticket ticket)
    {
        ticket = new(this, rejection);
        if (!Ledger.TryCount(Ledger.Rejected))
        {
            Machine.Totals.AddRejected(State);
        }

        return AdmitResult.Rejected;
    }
}

/// <summary>
/// The initial values of a phase object. An object that continues a phase, after a reconfiguration or a would-trip, has its number. After a reconfiguration,
/// it also takes over its contents.
/// </summary>
internal readonly record struct PhaseStart(
    StateMachine Machine,
    Rules Rules,
    long Number,
    History History,
    Reason Reason,
    long Timestamp,
    DateTimeOffset EnteredAt,
    Phase? Previous,
    Phase? Reconfigures = null
);

/// <summary>The result of an admission.</summary>
internal enum AdmitResult
{
    Admitted,
    Rejected,

    /// <summary>The phase has ended, or it has first evaluated its rule. The caller tries again, in the current phase.</summary>
    TryAgain,
}

/// <summary>The values that a phase contributes to a snapshot.</summary>
internal readonly record struct PhaseReading(
    CallCounts Window,
    long ConsecutiveFailures,
    long ConsecutiveSuccesses,
    OverdueReading? Overdue = null
);

/// <summary>The overdue calls with which a closed phase also evaluates its rule.</summary>
/// <param name="Calls">The overdue calls.</param>
/// <param name="Window">The window with them.</param>
internal sealed record OverdueReading(CallCounts Calls, CallCounts Window);
