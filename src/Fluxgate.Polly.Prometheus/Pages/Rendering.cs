namespace Fluxgate;

/// <summary>One page, rendered once for all requests that asked before it began. Its state is guarded by the lock of <see cref="Renderings"/>.</summary>
internal sealed class Rendering(Renderings renderings, PageFormat format, bool isGzip) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PageFormat Format => format;

    public bool IsGzip => isGzip;

    /// <summary>Whether it has its turn: it begins as soon as a thread takes it.</summary>
    public bool HasTurn { get; set; }

    /// <summary>Requests that wait for it or read it, and the rendering itself while it goes on. With the last one its memory returns.</summary>
    public int Holders { get; set; }

    /// <summary>What was rendered; <see langword="null"/> until it is <see cref="Done"/>.</summary>
    public PooledPage? Page { get; private set; }

    public Task Done => _done.Task;

    public void Execute() => renderings.Run(this);

    public void Complete(PooledPage page)
    {
        Page = page;
        _done.SetResult();
    }

    public void Fail(Exception error)
    {
        _done.SetException(error);

        // Those who waited may all have left.
        _ = _done.Task.Exception;
    }
}
