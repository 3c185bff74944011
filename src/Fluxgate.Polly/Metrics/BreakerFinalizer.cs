namespace Fluxgate;

/// <summary>
/// IsAlive exactly as long as its breaker, to whose life a weak table ties it, and then saves what the breaker had counted: otherwise the
/// counters of a name would go back when a reloaded pipeline's old breaker is collected (trap M5).
/// </summary>
internal sealed class BreakerFinalizer(Circuits circuits, CircuitSeries circuit, TrackedBreaker member, FluxgateBreaker breaker)
    : IThreadPoolWorkItem
{
#pragma warning disable MA0055 // The end of a breaker's life is what this type is there to notice.
    ~BreakerFinalizer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore MA0055

    public CircuitSeries Circuit => circuit;

    public TrackedBreaker Breaker => member;

    // Not in the finalizer itself: a snapshot runs parts that users wrote, and one that hangs must not hold up all finalizers.
    public void Execute() => circuits.Inherit(circuit, member, breaker.Snapshot());
}
