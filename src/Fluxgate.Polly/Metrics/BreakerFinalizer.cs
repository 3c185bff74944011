namespace Fluxgate;

/// <summary>
/// Keeps the counts of a breaker when it is collected. A weak table ties its lifetime to that of the breaker. Without it, the counters of a name
/// would go back when the old breaker of a reloaded pipeline is collected.
/// </summary>
internal sealed class BreakerFinalizer(Circuits circuits, CircuitSeries circuit, TrackedBreaker tracked, FluxgateBreaker breaker)
    : IThreadPoolWorkItem
{
#pragma warning disable MA0055 // This type exists to detect that a breaker is collected.
    ~BreakerFinalizer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore MA0055

    public CircuitSeries Circuit => circuit;

    public TrackedBreaker Breaker => tracked;

    // Not in the finalizer itself: a snapshot runs user code, which must not block all finalizers if it hangs.
    public void Execute() => circuits.Inherit(circuit, tracked, breaker.Snapshot());
}
