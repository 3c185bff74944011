namespace Fluxgate;

/// <summary>A page that is rendered once for all requests that arrived before it was started. The lock of <see cref="PageRenderer"/> guards its state.</summary>
internal sealed class Rendering(PageRenderer renderer, PageFormat format, bool isGzip) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PageFormat Format => format;

    public bool IsGzip => isGzip;

    /// <summary>Gets or sets whether the page is queued to the thread pool.</summary>
    public bool IsScheduled { get; set; }

    /// <summary>Gets or sets the number of holders: the requests that wait for the page or read it, and the rendering itself while it runs.</summary>
    public int Holders { get; set; }

    /// <summary>Gets the page, or <see langword="null"/> until <see cref="Done"/> has completed.</summary>
    public PooledPage? Page { get; private set; }

    public Task Done => _done.Task;

    public void Execute() => renderer.Run(this);

    public void Complete(PooledPage page)
    {
        Page = page;
        _done.SetResult();
    }

    public void Fail(Exception error)
    {
        _done.SetException(error);

        // Observes the exception, since all requests may have timed out.
        _ = _done.Task.Exception;
    }
}
