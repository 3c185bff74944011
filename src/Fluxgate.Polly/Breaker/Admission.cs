namespace Fluxgate;

/// <summary>The admission of a call, from <see cref="FluxgateBreaker.TryAdmit"/> until the call settles. Settle it exactly once.</summary>
/// <remarks>
/// Thread-safe. Disposing an unsettled admission settles it as <see cref="Verdict.Ignored"/>, so <c>using</c> returns the permit of a probe on
/// every path. A probe that is never settled counts as a failure when its lease expires.
/// </remarks>
public sealed class Admission : IDisposable
{
    private readonly Ticket _ticket;
    private int _settled;

    internal Admission(FluxgateBreaker breaker, Ticket ticket) => (Breaker, _ticket) = (breaker, ticket);

    /// <summary>Gets the state in which the call was admitted.</summary>
    public BreakerState State => _ticket.Phase.State;

    /// <summary>Gets the number of the phase that admitted the call. If the breaker is in another phase by the time the call settles, the result is stale.</summary>
    public long PhaseNumber => _ticket.Phase.Number;

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

        if (duration < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, $"duration must be at least zero, but is {duration}.");
        }

        if (verdict is < Verdict.Success or > Verdict.Ignored)
        {
            throw new ArgumentOutOfRangeException(
                nameof(verdict),
                verdict,
                $"verdict must be Success, Failure or Ignored, but is {RuleText.Number((int)verdict)}."
            );
        }

        return Interlocked.Exchange(ref _settled, 1) == 0
            ? _ticket.Settle(
                verdict,
                duration is { } taken ? Math.Min(taken.Ticks, Clock.LongestTicks) : StateMachine.Unmeasured,
                BreakTicks(verdict, breakFor)
            )
            : throw SettledBefore();
    }

    /// <summary>
    /// Settles a call that its caller abandoned: as a failure if it waited for at least <see cref="FluxgateBreakerSettings.AbandonedAfter"/>, otherwise
    /// as <see cref="Verdict.Ignored"/>.
    /// </summary>
    /// <returns>The transition that this caused, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">The admission has already been settled.</exception>
    public Signal? SettleAbandoned() => Interlocked.Exchange(ref _settled, 1) == 0 ? _ticket.SettleAbandoned() : throw SettledBefore();

    /// <summary>Settles the call as <see cref="Verdict.Ignored"/>, unless it has already been settled.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            _ticket.Settle(Verdict.Ignored);
        }
    }

    // Only a failure can override the configured break duration. A slow success can open the circuit too.
    private static long BreakTicks(Verdict verdict, TimeSpan? breakFor) => verdict == Verdict.Failure ? breakFor?.Ticks ?? 0 : 0;

    private InvalidOperationException SettledBefore() =>
        new($"The admission of circuit '{Breaker.Name}' has already been settled. Settle an admission exactly once.");
}
