namespace Fluxgate;

/// <summary>
/// A call that settles once, on any thread, and may wait for its dependency several times: for the response, and then for its parts. Thresholds,
/// the lease of a probe and <see cref="FluxgateBreakerSettings.AbandonedAfter"/> apply to single waits.
/// </summary>
/// <remarks>A mutable structure, so that what holds a call needs no second object.</remarks>
internal struct UnsettledCall(Ticket ticket)
{
    // The values of _stage. A thread holds Changing only briefly, so other threads spin.
    private const int Free = 0;
    private const int Changing = 1;
    private const int Settled = 2;

    private Ticket _ticket = ticket;
    private int _stage;
    private bool _isPaused;
    private bool _hasProgressed;
    private bool _isSpent;
    private long _longestWait = StateMachine.Unmeasured;

    public readonly Phase Phase => _ticket.Phase;

    public readonly Probe? Probe => _ticket.Probe;

    /// <summary>Ends a wait and begins another one: the dependency has delivered something.</summary>
    public void Progress()
    {
        if (TryChange(Changing))
        {
            EndWait();
            _hasProgressed = true;
            EndChange(BeginWait());
        }
    }

    /// <summary>Ends a wait. Until the next one, time does not count.</summary>
    public void Pause()
    {
        if (TryChange(Changing))
        {
            EndWait();
            EndChange(toEvaluate: null);
        }
    }

    /// <summary>Begins a wait, unless there is one.</summary>
    public void Resume()
    {
        if (TryChange(Changing))
        {
            EndChange(BeginWait());
        }
    }

    /// <summary>Settles the call.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">The duration in ticks of 100 ns; by default, that of the longest wait.</param>
    /// <param name="hint">What the call says about the trip that it may cause.</param>
    /// <param name="caused">The transition that the call caused, or <see langword="null"/>.</param>
    /// <returns><see langword="false"/> if the call has been settled before.</returns>
    public bool TrySettle(Verdict verdict, long durationTicks, TripHint hint, out Signal? caused)
    {
        caused = null;
        if (!TryChange(Settled))
        {
            return false;
        }

        var longest = LongestWait(out var toEvaluate);
        caused =
            _ticket.Settle(verdict, durationTicks == StateMachine.Unmeasured ? longest : durationTicks, hint, _isSpent)
            ?? toEvaluate?.EvaluateOverdue();
        return true;
    }

    /// <summary>Settles a call that its caller abandoned.</summary>
    /// <param name="caused">The transition that the call caused, or <see langword="null"/>.</param>
    /// <returns><see langword="false"/> if the call has been settled before.</returns>
    public bool TrySettleAbandoned(out Signal? caused)
    {
        caused = null;
        if (!TryChange(Settled))
        {
            return false;
        }

        var longest = LongestWait(out var toEvaluate);
        caused = Ticket.SettleAbandoned(_ticket, longest, _hasProgressed, _isSpent) ?? toEvaluate?.EvaluateOverdue();
        return true;
    }

    private bool TryChange(int stage)
    {
        var spinner = default(SpinWait);
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _stage, stage, Free))
            {
                case Free:
                    return true;
                case Settled:
                    return false;
                default:
                    spinner.SpinOnce();
                    break;
            }
        }
    }

    private void EndChange(ClosedPhase? toEvaluate)
    {
        Volatile.Write(ref _stage, Free);
        toEvaluate?.EvaluateOverdue();
    }

    private void EndWait()
    {
        if (!_isPaused)
        {
            _isPaused = true;
            var wait = _ticket.Pause(out var isSpent);
            _longestWait = _ticket.Start.IsTimed ? Math.Max(_longestWait, wait) : _longestWait;
            _isSpent |= isSpent;
        }
    }

    /// <summary>Ends a pause.</summary>
    /// <returns>The phase of which more calls are overdue than before, so that it must evaluate its rule.</returns>
    private ClosedPhase? BeginWait()
    {
        if (!_isPaused)
        {
            return null;
        }

        _isPaused = false;
        _ticket = _ticket.Resume(out var toEvaluate);
        return toEvaluate;
    }

    /// <summary>Ends the last wait.</summary>
    /// <param name="toEvaluate">The phase of which more calls are overdue than before, so that it must evaluate its rule.</param>
    /// <returns>The longest wait; <see cref="StateMachine.Unmeasured"/> if there was only one, which the result ends.</returns>
    private long LongestWait(out ClosedPhase? toEvaluate)
    {
        // Only a ticket that is in flight can settle, so end a pause first.
        toEvaluate = BeginWait();
        return _longestWait == StateMachine.Unmeasured ? StateMachine.Unmeasured : Math.Max(_longestWait, _ticket.Waited);
    }
}
