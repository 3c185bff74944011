namespace Fluxgate;

/// <summary>
/// Keeps the counts of a breaker or a group when it is collected. A weak table ties its lifetime to that of the source. Without it, the counters of a
/// name would go back when the old breaker of a reloaded pipeline is collected.
/// </summary>
internal sealed class SourceFinalizer(Circuits circuits, CircuitSeries circuit, TrackedSource tracked, object source) : IThreadPoolWorkItem
{
#pragma warning disable MA0055 // This type exists to detect that a source is collected.
    ~SourceFinalizer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore MA0055

    public CircuitSeries Circuit => circuit;

    public TrackedSource Source => tracked;

    // Not in the finalizer itself: a snapshot runs user code, which must not block all finalizers if it hangs.
    public void Execute() => circuits.Inherit(circuit, tracked, SourceReading.Of(source, keys: null));
}
