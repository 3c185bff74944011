namespace Fluxgate;

/// <summary>One breaker among those of its name, held weakly. Its place, and whether it is disposed, are guarded by the lock of <see cref="Circuits"/>.</summary>
internal sealed class TrackedBreaker(FluxgateBreaker breaker)
{
    private readonly WeakReference<FluxgateBreaker> _living = new(breaker);

    // Sees the breaker until its farewell is over: its counts are in the sum at every moment.
    private readonly WeakReference<FluxgateBreaker> _readable = new(breaker, trackResurrection: true);

    public LinkedListNode<TrackedBreaker> Place { get; set; } = null!;

    public bool Disposed { get; set; }

    public bool IsAlive => !Disposed && _living.TryGetTarget(out _);

    public FluxgateBreaker? Breaker => _readable.TryGetTarget(out var target) ? target : null;
}
