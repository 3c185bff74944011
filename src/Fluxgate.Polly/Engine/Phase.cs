namespace Fluxgate;

/// <summary>
/// One stay in one state, numbered. Its window, permits and leases are born and die with it. Each state is a subclass that knows how to
/// admit and settle.
/// </summary>
internal abstract class Phase(PhaseStart start)
{
    private const long NotBegun = long.MinValue;

    private long _endBegunAt = NotBegun;
    private bool _goesOn;

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

    /// <summary>Lets a call in or rejects it.</summary>
    /// <param name="ticket">What the call holds from now on, or the phase that rejected it.</param>
    /// <param name="caused">Takes the transitions that asking caused.</param>
    public abstract AdmitResult Admit(out Ticket ticket, ref AdmissionSignals caused);

    /// <summary>Takes the verdict on a call that this phase let in.</summary>
    /// <param name="ticket">What the call was let in with.</param>
    /// <param name="verdict">What it counts as.</param>
    /// <param name="durationTicks">How long it took in ticks of 100 ns, or negative to be measured here.</param>
    /// <param name="breakTicks">How long to break if this call opens the circuit, in ticks of 100 ns; 0 for what is configured.</param>
    /// <returns>The transition that this caused, if any.</returns>
    public abstract Signal? Settle(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks);

    /// <summary>Settles the probes whose leases have run out.</summary>
    public virtual Signal? ExpireLeases(long now) => null;

    /// <summary>Does what is due when no call came to do it.</summary>
    public virtual void Wake(long now) { }

    /// <summary>When a call that is rejected now may come again; <see langword="null"/> when nobody knows.</summary>
    public virtual TimeSpan? RetryAfter(long now) => null;

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

    /// <summary>Another object is about to take the phase over, under other rules. Said before the swap.</summary>
    public void GoOn() => Volatile.Write(ref _goesOn, true);

    /// <summary>
    /// Whether what was recorded here may have come too late for those who ask in the object that took over, so that they must ask again.
    /// Read behind the fence of the recording: where it says no, the recording was before the swap.
    /// </summary>
    public bool GoesOn => Volatile.Read(ref _goesOn);

    protected AdmitResult Reject(long timestamp, out Ticket ticket)
    {
        ticket = new(this, timestamp);
        if (!Ledger.TryCount(Ledger.Rejected))
        {
            Machine.Totals.AddRejected(State);
        }

        return AdmitResult.Rejected;
    }
}
