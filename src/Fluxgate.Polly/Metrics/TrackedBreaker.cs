namespace Fluxgate;

/// <summary>A weakly referenced breaker of a circuit. The lock of <see cref="Circuits"/> guards its mutable properties.</summary>
internal sealed class TrackedBreaker(FluxgateBreaker breaker)
{
    private readonly WeakReference<FluxgateBreaker> _reachable = new(breaker);

    // Resolves the breaker until its finalizer has run, so that its counts are in the sum at every moment.
    private readonly WeakReference<FluxgateBreaker> _readable = new(breaker, trackResurrection: true);

    public LinkedListNode<TrackedBreaker> Node { get; set; } = null!;

    public bool Disposed { get; set; }

    public bool IsAlive => !Disposed && _reachable.TryGetTarget(out _);

    public FluxgateBreaker? Breaker => _readable.TryGetTarget(out var target) ? target : null;
}
