using System.ComponentModel;

namespace Fluxgate;

/// <summary>The six states of a breaker. Metrics and rule text write them <c>closed</c>, <c>open</c>, <c>half_open</c>,
/// <c>metrics_only</c>, <c>disabled</c> and <c>forced_open</c>; the numbers are those of <c>circuit_breaker_state_code</c>.</summary>
[TypeConverter(typeof(StateConverter))]
public enum BreakerState
{
    /// <summary>All calls go through and are recorded; the tripper may open the circuit.</summary>
    Closed = 0,

    /// <summary>All calls are rejected until the break duration has passed.</summary>
    Open = 1,

    /// <summary>Some calls probe whether the dependency has recovered; the others are rejected.</summary>
    HalfOpen = 2,

    /// <summary>All calls go through and are recorded; the tripper is asked, but only counts what it would have done.</summary>
    MetricsOnly = 3,

    /// <summary>All calls go through and nothing is recorded or decided.</summary>
    Disabled = 4,

    /// <summary>All calls are rejected until a manual call says otherwise.</summary>
    ForcedOpen = 5,
}
