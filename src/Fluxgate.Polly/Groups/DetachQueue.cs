using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>Detaches the listeners of evicted breakers one after the other, on one thread of the pool, because a listener may hang.</summary>
/// <remarks>At most 1,000 breakers wait for it. The listeners of further ones are dropped without a call, so that one that hangs keeps no more of them.</remarks>
internal sealed class DetachQueue
{
    private const int MostWaiting = 1_000;

    private readonly ConcurrentQueue<(GroupMember Member, Action<GroupMember> Detached)> _waiting = new();
    private int _isRunning;

    /// <summary>Detaches the listeners of a breaker, now if there are none.</summary>
    /// <param name="member">The breaker.</param>
    /// <param name="detached">Called afterwards.</param>
    public void Add(GroupMember member, Action<GroupMember> detached)
    {
        if (!member.Breaker.HasListeners || _waiting.Count >= MostWaiting)
        {
            member.DropListeners();
            detached(member);
            return;
        }

        _waiting.Enqueue((member, detached));
        Start();
    }

    private void Start()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.RunAsync(), this, preferLocal: false);
        }
    }

    private async Task RunAsync()
    {
        while (_waiting.TryDequeue(out var next))
        {
            await next.Member.DetachAsync().ConfigureAwait(false);
            next.Detached(next.Member);
        }

        Volatile.Write(ref _isRunning, 0);
        Interlocked.MemoryBarrier();
        if (!_waiting.IsEmpty)
        {
            Start();
        }
    }
}
