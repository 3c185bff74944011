using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>
/// The exception that is thrown when a breaker rejects a call. A <c>catch</c>, a pattern or a predicate for Polly's
/// <see cref="BrokenCircuitException"/> handles it; a comparison with that exact type does not.
/// </summary>
/// <remarks>
/// The <see cref="Exception.InnerException"/> is <see langword="null"/>, because a breaker keeps no exception alive. <see cref="Reason"/> gives
/// the cause. Each rejected call receives a new instance. A retry after <c>RetryAfter</c> is never too early: the time is rounded up to whole
/// milliseconds. On the system's clock it is up to 35 ms longer than the rest of the break, because the coarse clock of timers and rejections
/// can lag by 16 ms.
/// </remarks>
public sealed class CallNotPermittedException : BrokenCircuitException
{
    private readonly Phase _phase;

    private CallNotPermittedException(Phase phase)
        : base(string.Empty) => _phase = phase;

    private CallNotPermittedException(Phase phase, TimeSpan retryAfter)
        : base(string.Empty, retryAfter) => _phase = phase;

    /// <summary>Gets the name of the circuit that rejected the call.</summary>
    public string CircuitName => _phase.Machine.Name;

    /// <summary>Gets the state in which the circuit rejected the call: <see cref="BreakerState.Open"/>, <see cref="BreakerState.HalfOpen"/> or <see cref="BreakerState.ForcedOpen"/>.</summary>
    public BreakerState State => _phase.State;

    /// <summary>Gets the reason why the circuit is in that state.</summary>
    public Reason Reason => _phase.Reason;

    /// <summary>Gets a message with the circuit, the state, the reason and, if it is known, the time until the circuit probes again.</summary>
    public override string Message =>
        OneLine.Of($"Circuit '{CircuitName}' is {State.ToLabel()} and rejects the call: {Reason}{PermitText}.")
        + (RetryAfter is { } retryAfter ? $" It probes again in {RuleText.Measured(retryAfter)}." : "");

    private string PermitText =>
        State == BreakerState.HalfOpen
            ? $"; the permit is {_phase.Machine.UserCode.TextOf(_phase.Rules.Permit, UserErrorSource.Permit)}"
            : "";

    internal bool IsBy(StateMachine machine) => ReferenceEquals(_phase.Machine, machine);

    internal static CallNotPermittedException By(Ticket rejection) =>
        rejection.Phase.RetryAfter(rejection.Start) is { } retryAfter ? new(rejection.Phase, retryAfter) : new(rejection.Phase);
}
