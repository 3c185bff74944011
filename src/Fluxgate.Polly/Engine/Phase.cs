namespace Fluxgate;

/// <summary>
/// One stay in one state, numbered. Its window, permits and leases are born and die with it. Each state is a subclass that knows how to
/// admit and settle.
/// </summary>
internal abstract class Phase(PhaseStart start)
{
    private const long NotBegun = long.MinValue;

    private long _endBegunAt = NotBegun;
    private bool _isContinued;

    public StateMachine Machine { get; } = start.Machine;

    public Rules Rules { get; } = start.Rules;

    /// <summary>The phase's number. A result that comes with another number is stale.</summary>
    public long Number { get; } = start.Number;

    public History History { get; } = start.History;

    /// <summary>Why the circuit is in this state.</summary>
    public Reason Reason { get; } = start.Reason;

    /// <summary>When the phase began, on the monotonic clock.</summary>
    public long StartedAt { get; } = start.Timestamp;

    /// <summary>When the phase began, on the wall clock.</summary>
    public DateTimeOffset EnteredAt { get; } = start.EnteredAt;

    public Ledger Ledger { get; } = start.Rules.LedgerAfter(start.Continues);

    /// <summary>The phase before, until its counters are sealed and folded into the totals. Guarded by the totals.</summary>
    public Phase? Unfolded { get; set; } = start.Before;

    public abstract BreakerState State { get; }

    protected Clock Clock => Machine.Clock;

    protected UserCode UserCode => Machine.UserCode;

    /// <summary>Admits a call or rejects it.</summary>
    /// <param name="ticket">The ticket of the admitted call, or the one that says which phase rejected it.</param>
    /// <param name="caused">The transition that this admission caused, if any.</param>
    public abstract AdmitResult Admit(out Ticket ticket, out Signal? caused);

    /// <summary>Records the verdict on a call that this phase admitted.</summary>
    /// <param name="ticket">The ticket of the call.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">How long the call took in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <param name="breakTicks">How long to break if this call opens the circuit, in ticks of 100 ns; 0 for the configured duration.</param>
    /// <returns>The transition that this call caused, if any.</returns>
    public abstract Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, long breakTicks);

    /// <summary>Settles the probes whose leases have run out.</summary>
    public virtual Signal? ExpireLeases(long now) => null;

    /// <summary>Does what is due when no call came to do it.</summary>
    public virtual void Wake(long now) { }

    /// <summary>When a call that is rejected now may come again; <see langword="null"/> when nobody knows.</summary>
    public virtual TimeSpan? RetryAfter(CallStart rejection) => null;

    /// <summary>Evaluates the parts again, when what they decided in another object of this phase came too late to be obeyed.</summary>
    /// <param name="from">The other object.</param>
    /// <param name="failures">The failures in a row when the call was recorded there; 0 where that does not matter.</param>
    /// <param name="breakTicks">How long to break if this opens the circuit, in ticks of 100 ns; 0 for what is configured.</param>
    public virtual Signal? Reconsider(Phase from, long failures, long breakTicks) => null;

    /// <summary>Reads the window and the calls in a row. May run user code.</summary>
    public virtual PhaseReading Read() => default;

    /// <summary>The probes that have not settled.</summary>
    public virtual int ProbesInFlight => 0;

    /// <summary>Claims the right to end the phase with a trip; of several calls that see the tripper fire, one does it.</summary>
    /// <param name="overdue">Whether another one has had that right for longer than any break duration may take.</param>
    public bool TryBeginEnd(out bool overdue)
    {
        var now = Clock.Now;
        var begunAt = Interlocked.CompareExchange(ref _endBegunAt, now, NotBegun);
        overdue =
            begunAt != NotBegun
            && Clock.Between(begunAt, now) >= FluxgateDefaults.BreakDurationPatience
            && Interlocked.CompareExchange(ref _endBegunAt, now, begunAt) == begunAt;
        return overdue || begunAt == NotBegun;
    }

    public void CancelEnd() => Volatile.Write(ref _endBegunAt, NotBegun);

    /// <summary>Marks that another object is about to continue this phase, under other rules. Called before the swap.</summary>
    public void MarkContinued() => Volatile.Write(ref _isContinued, true);

    /// <summary>
    /// Gets whether another object continues this phase, or is about to. Read it after the fence of the recording: where it is false, the
    /// recording precedes the swap.
    /// </summary>
    public bool IsContinued => Volatile.Read(ref _isContinued);

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

/// <summary>What every phase begins with. One that continues another has its number, and takes over what it holds.</summary>
internal readonly record struct PhaseStart(
    StateMachine Machine,
    Rules Rules,
    long Number,
    History History,
    Reason Reason,
    long Timestamp,
    DateTimeOffset EnteredAt,
    Phase? Before,
    Phase? Continues = null
);

/// <summary>A phase's answer to a call.</summary>
internal enum AdmitResult
{
    Admitted,
    Rejected,

    /// <summary>The phase ended meanwhile: ask the next one.</summary>
    PhaseOver,
}

/// <summary>A phase's own part of a snapshot.</summary>
internal readonly record struct PhaseReading(CallCounts Window, long ConsecutiveFailures, long ConsecutiveSuccesses);
