using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>
/// The breaker did not let a call in. A <c>catch</c>, a pattern and a predicate for Polly's <see cref="BrokenCircuitException"/> handle it; a
/// comparison with exactly that type does not.
/// </summary>
/// <remarks>
/// The <see cref="Exception.InnerException"/> is <see langword="null"/>, since a breaker keeps no exception alive: <see cref="Reason"/> says why.
/// A fresh instance for each rejected call, thread-safe as exceptions are while nobody throws them again. Waiting for <c>RetryAfter</c> is never
/// too early: it is rounded up to whole milliseconds, and on the system's clock it is up to 35 ms longer than what is left of the break, since the
/// coarse clock that timers and rejections use may lag by 16 ms.
/// </remarks>
public sealed class CallNotPermittedException : BrokenCircuitException
{
    private readonly Phase _phase;

    private CallNotPermittedException(Phase phase)
        : base(string.Empty) => _phase = phase;

    private CallNotPermittedException(Phase phase, TimeSpan retryAfter)
        : base(string.Empty, retryAfter) => _phase = phase;

    /// <summary>The name of the circuit that rejected the call.</summary>
    public string CircuitName => _phase.Machine.Name;

    /// <summary>The state in which it did: <see cref="BreakerState.Open"/>, <see cref="BreakerState.HalfOpen"/> or <see cref="BreakerState.ForcedOpen"/>.</summary>
    public BreakerState State => _phase.State;

    /// <summary>Why the circuit is in that state.</summary>
    public Reason Reason => _phase.Reason;

    /// <summary>Names the circuit, the state, the reason and when to come again.</summary>
    public override string Message =>
        OneLine.Of($"Circuit '{CircuitName}' is {State.ToLabel()} and does not let the call in: {Reason}{Probing}.")
        + (RetryAfter is { } retryAfter ? $" It probes again in {RuleText.Measured(retryAfter)}." : "");

    private string Probing =>
        State == BreakerState.HalfOpen
            ? $"; it lets in what {_phase.Machine.UserCode.TextOf(_phase.Rules.Permit, UserErrorSource.Permit)} allows"
            : "";

    internal static CallNotPermittedException By(Ticket rejection) =>
        rejection.Phase.RetryAfter(rejection.Start) is { } retryAfter ? new(rejection.Phase, retryAfter) : new(rejection.Phase);
}
