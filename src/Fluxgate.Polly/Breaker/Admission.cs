namespace Fluxgate;

/// <summary>The admission of a call, from <see cref="FluxgateBreaker.TryAdmit(out Admission?)"/> until the call settles. Settle it exactly once.</summary>
/// <remarks>
/// Thread-safe. Disposing an unsettled admission settles it as <see cref="Verdict.Ignored"/>, so <c>using</c> returns the permit of a probe on
/// every path. A probe that is never settled counts as a failure when its lease expires.
/// </remarks>
public sealed class Admission : IDisposable
{
    private UnsettledCall _call;

    internal Admission(FluxgateBreaker breaker, Ticket ticket) => (Breaker, _call) = (breaker, new(ticket));

    /// <summary>Gets the state in which the call was admitted.</summary>
    public BreakerState State => _call.Phase.State;

    /// <summary>Gets the number of the phase that admitted the call. If the breaker is in another phase by the time the call settles, the result is stale.</summary>
    public long PhaseNumber => _call.Phase.Number;

    internal FluxgateBreaker Breaker { get; }

    /// <summary>Settles the call.</summary>
    /// <param name="verdict">How the call counts.</param>
    /// <param name="duration">The duration of the call, at least zero. By default, the time since it was admitted. Used only if a rule or a listener requires durations.</param>
    /// <param name="breakFor">The break duration to use if this failure opens the circuit, greater than zero. By default, the configured break duration.</param>
    /// <returns>The transition that the call caused, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">The admission has already been settled.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative, <paramref name="breakFor"/> is not positive, or <paramref name="verdict"/> is not a known value.</exception>
    public Signal? Settle(Verdict verdict, TimeSpan? duration = null, TimeSpan? breakFor = null)
    {
        if (breakFor is { } given)
        {
            Require.Positive(given, name: nameof(breakFor));
        }

        if (duration is { } known)
        {
            Require.NotNegative(known, nameof(duration));
        }

        if (verdict is < Verdict.Success or > Verdict.Ignored)
        {
            throw new ArgumentOutOfRangeException(
                nameof(verdict),
                verdict,
                $"verdict must be Success, Failure or Ignored, but is {RuleText.Number((int)verdict)}."
            );
        }

        var ticks = duration is { } taken ? Math.Min(taken.Ticks, Clock.LongestTicks) : StateMachine.Unmeasured;
        return _call.TrySettle(verdict, ticks, HintOf(verdict, breakFor), out var caused) ? caused : throw SettledBefore();
    }

    /// <summary>
    /// Settles a call that its caller abandoned: as a failure if it waited for at least <see cref="FluxgateBreakerSettings.AbandonedAfter"/>, otherwise
    /// as a success if it made <see cref="Progress"/>, and otherwise as <see cref="Verdict.Ignored"/>. While the application stops, it is always ignored (<see cref="FluxgateBreaker.IgnoreAbandonedCallsOnShutdown"/>).
    /// </summary>
    /// <returns>The transition that this caused, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">The admission has already been settled.</exception>
    public Signal? SettleAbandoned() => _call.TrySettleAbandoned(out var caused) ? caused : throw SettledBefore();

    /// <summary>
    /// Notes that the call made progress, such as a part of a streamed response. The slow thresholds of the rule, the lease of a probe and
    /// <see cref="FluxgateBreakerSettings.AbandonedAfter"/> then count from now, and by default the call settles with the duration of its longest wait.
    /// </summary>
    /// <remarks>Does nothing after the call has settled, so that the last part may arrive while it does.</remarks>
    public void Progress() => _call.Progress();

    /// <summary>
    /// Notes that the call now waits for its own caller, for example while the caller processes a part of a streamed response before it requests
    /// the next one. This time does not count as waiting: the call cannot become slow or overdue until <see cref="Resume"/> or <see cref="Progress"/>. The lease
    /// of a probe begins again, and is not suspended.
    /// </summary>
    /// <remarks>Does nothing for a call that is paused or has settled.</remarks>
    public void Pause() => _call.Pause();

    /// <summary>Ends a <see cref="Pause"/>: the call waits for the dependency again.</summary>
    /// <remarks>Does nothing for a call that is not paused or has settled.</remarks>
    public void Resume() => _call.Resume();

    /// <summary>
    /// Runs the work of the call. If the call is a probe, nested calls through the same breaker, such as those of an inner handler, belong to the
    /// probe and need no permits of their own.
    /// </summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="TResult">The type of the result, such as a task.</typeparam>
    /// <param name="start">Starts the work. It is called once, on this thread.</param>
    /// <param name="state">The state that <paramref name="start"/> receives.</param>
    /// <returns>The result of <paramref name="start"/>. Its exceptions pass through and settle nothing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="start"/> is <see langword="null"/>.</exception>
    public TResult Run<TState, TResult>(Func<TState, TResult> start, TState state)
    {
        Require.NotNull(start);
        if (_call.Probe is not { } probe)
        {
            return start(state);
        }

        var outer = ProbeScope.Current;
        ProbeScope.Current = new(probe);
        try
        {
            return start(state);
        }
        finally
        {
            // What was started has captured the scope.
            ProbeScope.Current = outer;
        }
    }

    /// <summary>Settles the call as <see cref="Verdict.Ignored"/>, unless it has already been settled.</summary>
    public void Dispose() => _call.TrySettle(Verdict.Ignored, StateMachine.Unmeasured, hint: default, out _);

    // Only a failure can override the configured break duration. A slow success can open the circuit too.
    private static TripHint HintOf(Verdict verdict, TimeSpan? breakFor) => verdict == Verdict.Failure ? TripHint.Of(breakFor) : default;

    private InvalidOperationException SettledBefore() =>
        new($"The admission of circuit '{Breaker.Name}' has already been settled. Settle an admission exactly once.");
}
