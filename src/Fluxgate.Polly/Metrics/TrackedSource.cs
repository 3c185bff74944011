namespace Fluxgate;

/// <summary>A weakly referenced breaker or group of a circuit. The lock of <see cref="Circuits"/> guards its mutable properties.</summary>
internal sealed class TrackedSource(object source)
{
    private readonly WeakReference<object> _reachable = new(source);

    // Resolves the source until its finalizer has run, so that its counts are in the sum at every moment.
    private readonly WeakReference<object> _readable = new(source, trackResurrection: true);

    public LinkedListNode<TrackedSource> Node { get; set; } = null!;

    /// <summary>Gets or sets how many breakers of a group are attached, each counted for each listener.</summary>
    public int Attachments { get; set; } = 1;

    public bool Disposed { get; set; }

    public bool IsAlive => !Disposed && _reachable.TryGetTarget(out _);

    public object? Source => _readable.TryGetTarget(out var target) ? target : null;
}
