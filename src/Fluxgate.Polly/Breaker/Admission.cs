namespace Fluxgate;

/// <summary>What a call holds from being let in by <see cref="FluxgateBreaker.TryAdmit"/> until it settles. Settle it exactly once.</summary>
/// <remarks>
/// Thread-safe. Disposing an admission that was not settled settles it as <see cref="Verdict.Ignored"/>, so that <c>using</c> returns a
/// probe's permit on every path. A probe that is never settled is settled by its lease.
/// </remarks>
public sealed class Admission : IDisposable
{
    private readonly Ticket _ticket;
    private int _settled;

    internal Admission(FluxgateBreaker breaker, Ticket ticket) => (Breaker, _ticket) = (breaker, ticket);

    /// <summary>The state in which the call was let in.</summary>
    public BreakerState State => _ticket.Phase.State;

    /// <summary>The number of the phase that let the call in; when the breaker's is another, the result will be stale.</summary>
    public long PhaseNumber => _ticket.Phase.Number;

    internal FluxgateBreaker Breaker { get; }

    /// <summary>Settles the call.</summary>
    /// <param name="verdict">What it counts as.</param>
    /// <param name="duration">How long it took, at least zero; measured since it was let in unless given. Used only where a rule asks for it.</param>
    /// <param name="breakFor">How long to break if this failure opens the circuit, greater than zero; what is configured unless given.</param>
    /// <returns>The transition that this caused, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">The admission was settled before.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative, <paramref name="breakFor"/> is not positive, or <paramref name="verdict"/> is none.</exception>
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
            : throw new InvalidOperationException(
                $"The admission to circuit '{Breaker.Name}' was settled before; an admission settles once."
            );
    }

    /// <summary>Settles the call as <see cref="Verdict.Ignored"/> unless it was settled.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            _ticket.Settle(Verdict.Ignored);
        }
    }

    // Only a failure knows better than the settings: a slow success may open the circuit too.
    private static long BreakTicks(Verdict verdict, TimeSpan? breakFor) => verdict == Verdict.Failure ? breakFor?.Ticks ?? 0 : 0;
}
