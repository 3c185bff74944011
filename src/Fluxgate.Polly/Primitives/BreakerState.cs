using System.ComponentModel;

namespace Fluxgate;

/// <summary>The six states of a breaker. Their labels in metrics and text are <c>closed</c>, <c>open</c>, <c>half_open</c>,
/// <c>metrics_only</c>, <c>disabled</c> and <c>forced_open</c>. Their numbers are the values of <c>circuit_breaker_state_code</c>.</summary>
[TypeConverter(typeof(StateConverter))]
public enum BreakerState
{
    /// <summary>All calls are admitted and recorded. The tripper can open the circuit.</summary>
    Closed = 0,

    /// <summary>All calls are rejected until the break duration has elapsed.</summary>
    Open = 1,

    /// <summary>Some calls probe whether the dependency has recovered. The others are rejected.</summary>
    HalfOpen = 2,

    /// <summary>All calls are admitted and recorded. The tripper is evaluated, but never opens the circuit; the breaker counts how often it would have.</summary>
    MetricsOnly = 3,

    /// <summary>All calls are admitted. Nothing is recorded, and the tripper is not evaluated.</summary>
    Disabled = 4,

    /// <summary>All calls are rejected until the next manual call.</summary>
    ForcedOpen = 5,
}
